package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Rope;
import dev.heddle.format.model.ModelShape.Window;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What families with grouped-query attention have in common. */
abstract class GroupedReader extends FamilyReader {
  private static final int MAX_WINDOW = 1 << 24;

  GroupedReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  /** The window of the layers given; null where there are none, or no {@code sliding_window}. */
  final @Nullable Window window(@Nullable Integer absent, IntStream layers) {
    if (config.isNull("sliding_window") || (absent == null && !config.has("sliding_window"))) {
      return null;
    }
    int tokens = config.integer("sliding_window", 1, MAX_WINDOW, absent);
    Set<Integer> which = layers.boxed().collect(Collectors.toSet());
    return which.isEmpty() ? null : new Window(tokens, which);
  }

  /** As the other, of heads whose floats all rotate. */
  final Grouped grouped(
      int hidden,
      int heads,
      QueryKeyNorm norm,
      boolean bias,
      boolean outputBias,
      @Nullable Window window) {
    return grouped(hidden, heads, 1, norm, bias, outputBias, window);
  }

  final Grouped grouped(
      int hidden,
      int heads,
      double rotated,
      QueryKeyNorm norm,
      boolean bias,
      boolean outputBias,
      @Nullable Window window) {
    int keyValueHeads = config.integer("num_key_value_heads", 1, 1024, heads);
    if (heads % keyValueHeads != 0) {
      violations.add(
          "out-of-range",
          config.path("num_key_value_heads"),
          keyValueHeads + " do not divide " + heads + " heads");
    }
    int headDim =
        config.integer("head_dim", 2, MAX_HEAD_WIDTH, Math.max(2, hidden / Math.max(1, heads)));
    int ropeDim = (int) (headDim * rotated);
    if (ropeDim < 2 || ropeDim % 2 != 0) {
      violations.add(
          "out-of-range",
          config.path("head_dim"),
          "expected an even number of rotated floats, found " + ropeDim);
      ropeDim = 2;
    }
    return new Grouped(keyValueHeads, headDim, ropeDim, norm, bias, outputBias, window);
  }

  @Override
  Rope rope() {
    return RopeReader.read(config, Pairs.HALVES, violations);
  }
}
