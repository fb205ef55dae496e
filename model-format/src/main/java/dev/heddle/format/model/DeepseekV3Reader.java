package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Experts;

/** Reads {@code deepseek_v3}. */
final class DeepseekV3Reader extends LatentReader {
  DeepseekV3Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  Experts experts(int layers) {
    return SigmoidExperts.read(this, layers);
  }
}
