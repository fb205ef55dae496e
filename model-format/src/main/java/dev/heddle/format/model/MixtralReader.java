package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;

/**
 * Reads {@code mixtral}, every layer of which has experts. Its softmax over the chosen logits is
 * the softmax over all of them, divided by the sum of the chosen.
 */
final class MixtralReader extends GroupedReader {
  MixtralReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {
    refuseWindow();
  }

  @Override
  Attention attention(int hidden, int heads) {
    return grouped(hidden, heads, 1, QueryKeyNorm.NONE, false, false);
  }

  @Override
  Experts experts(int layers) {
    int routed = routed("num_local_experts", layers, null);
    return new Experts(
        routed,
        0,
        config.integer("intermediate_size", 1, MAX_WIDTH, null),
        topK(routed),
        1,
        1,
        true,
        1f,
        0,
        1);
  }
}
