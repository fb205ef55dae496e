package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;

/** Reads {@code qwen2_moe}, which has a gated shared MLP of a width of its own. */
final class Qwen2Reader extends Qwen3Reader {
  Qwen2Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  Attention attention(int hidden, int heads) {
    boolean bias = config.bool("qkv_bias", true);
    return grouped(hidden, heads, 1, QueryKeyNorm.NONE, bias, false);
  }

  @Override
  Experts experts(int layers) {
    return experts(layers, config.integer("shared_expert_intermediate_size", 1, MAX_WIDTH, null));
  }
}
