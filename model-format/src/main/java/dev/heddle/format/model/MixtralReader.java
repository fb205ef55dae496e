package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.MoeLayers;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Scoring;
import java.util.Set;

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
        0,
        false,
        config.integer("intermediate_size", 1, MAX_WIDTH, null),
        topK(routed),
        1,
        1,
        Scoring.SOFTMAX,
        true,
        1f,
        new MoeLayers(0, 1, 0, Set.of()));
  }
}
