package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;

/** Reads {@code glm4_moe}: grouped attention that rotates a part of each head, a sigmoid router. */
final class Glm4Reader extends GroupedReader {
  Glm4Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {}

  @Override
  Attention attention(int hidden, int heads, int layers) {
    QueryKeyNorm norm = config.bool("use_qk_norm", false) ? QueryKeyNorm.HEAD : QueryKeyNorm.NONE;
    boolean bias = config.bool("attention_bias", false);
    return grouped(hidden, heads, rotated(), norm, bias, false, null);
  }

  private double rotated() {
    JsonFields parameters = config.object("rope_parameters");
    JsonFields fields =
        parameters != null && parameters.has("partial_rotary_factor") ? parameters : config;
    return fields.number("partial_rotary_factor", 1e-3, 1, 0.5);
  }

  @Override
  Experts experts(int layers) {
    return SigmoidExperts.read(this, layers);
  }
}
