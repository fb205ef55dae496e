package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Rope;

/** What families with grouped-query attention have in common. */
abstract class GroupedReader extends FamilyReader {
  GroupedReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  /** Refuses attention to the last tokens alone, unless {@code window} is off. */
  final void refuseWindow() {
    boolean off = config.has("use_sliding_window") && !config.bool("use_sliding_window", false);
    if (config.has("sliding_window") && !off) {
      unsupported("sliding_window", "attention to the last tokens alone is not supported");
    }
  }

  final Grouped grouped(
      int hidden, int heads, double rotated, QueryKeyNorm norm, boolean bias, boolean outputBias) {
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
    return new Grouped(keyValueHeads, headDim, ropeDim, norm, bias, outputBias);
  }

  @Override
  Rope rope() {
    return RopeReader.read(config, Pairs.HALVES, violations);
  }
}
