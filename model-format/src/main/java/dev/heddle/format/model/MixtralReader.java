package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Window;
import java.util.stream.IntStream;

/**
 * Reads {@code mixtral}, every layer of which has experts. Its softmax over the chosen logits is
 * the softmax over all of them, divided by the sum of the chosen.
 */
final class MixtralReader extends GroupedReader {
  MixtralReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {}

  @Override
  Attention attention(int hidden, int heads, int layers) {
    Window window = window(null, IntStream.range(0, layers));
    return grouped(hidden, heads, QueryKeyNorm.NONE, false, false, window);
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
