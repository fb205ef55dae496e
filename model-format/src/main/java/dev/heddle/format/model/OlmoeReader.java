package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;

/** Reads {@code olmoe}, every layer of which has experts. */
final class OlmoeReader extends GroupedReader {
  OlmoeReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {
    if (config.has("clip_qkv")) {
      unsupported("clip_qkv", "clipped queries, keys and values are not supported");
    }
  }

  @Override
  Attention attention(int hidden, int heads, int layers) {
    boolean bias = config.bool("attention_bias", false);
    return grouped(hidden, heads, QueryKeyNorm.PROJECTION, bias, bias, null);
  }

  @Override
  Experts experts(int layers) {
    int routed = routed("num_experts", layers, null);
    return new Experts(
        routed,
        0,
        config.integer("intermediate_size", 1, MAX_WIDTH, null),
        topK(routed),
        1,
        1,
        config.bool("norm_topk_prob", false),
        1f,
        0,
        1);
  }
}
