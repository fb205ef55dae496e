package dev.heddle.model;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Ops;

/** A case's model, loaded as it is, with room for its three adapters. */
final class OracleModel {
  private OracleModel() {}

  /** Limits that hold any prompt of the goldens in one pass, with its continuation. */
  static ModelLimits limits(ModelShape shape) {
    int slots = MemoryEstimate.baseSlots(shape) + 64;
    return new ModelLimits(160, 4, 160, 24, ModelLimits.BLOCK_TOKENS, 256, slots, 4);
  }

  static MoeModel load(ModelFolder folder, Ops ops) {
    return MoeModel.load(folder, ops, limits(folder.shape()), Progress.NONE);
  }
}
