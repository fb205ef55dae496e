package dev.heddle.model;

import dev.heddle.format.adapter.AdapterFolder;
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

  /** The case's model with adapters a, b and c in rows 1, 2 and 3. */
  static MoeModel withAdapters(OracleCase oracle, ModelFolder folder, Ops ops) {
    MoeModel model = load(folder, ops);
    int slot = model.baseSlots();
    int row = 1;
    for (String name : OracleCase.ADAPTERS) {
      try (AdapterFolder adapter = AdapterFolder.open(oracle.adapter(name), folder)) {
        slot = AdapterLoader.load(model, adapter, row++, slot);
      }
    }
    return model;
  }
}
