package dev.heddle.format.adapter;

import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape;
import org.jspecify.annotations.Nullable;

/** Whether the experts that a configuration lists are there in a base; without one, all may be. */
final class BaseCheck {
  private BaseCheck() {}

  /** Whether a layer has experts. */
  static boolean isMoe(@Nullable ModelShape base, int layer) {
    return base == null || (layer < base.layers() && base.isMoe(layer));
  }

  /** Whether the base has a routed expert; a violation if not. */
  static boolean hasRouted(
      @Nullable ModelShape base, int layer, int expert, Violations violations) {
    String where = ExpertConfig.FILE + ".experts." + layer;
    if (base != null && layer >= base.layers()) {
      violations.add("layer-out-of-range", where, "the base has " + base.layers() + " layers");
    } else if (!isMoe(base, layer)) {
      violations.add("not-moe-layer", where, "this layer of the base is dense, without experts");
    } else if (base != null && expert >= base.experts().routed()) {
      violations.add(
          "expert-out-of-range",
          where,
          "expert " + expert + " of a base with " + base.experts().routed() + " routed experts");
    } else {
      return true;
    }
    return false;
  }

  /** Whether the base has shared experts; a violation if not. */
  static boolean hasShared(@Nullable ModelShape base, Violations violations) {
    if (base != null && base.experts().shared() == 0) {
      violations.add(
          "no-shared-experts", ExpertConfig.FILE, "shared_experts is true, the base has none");
      return false;
    }
    return true;
  }
}
