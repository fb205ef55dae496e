package dev.heddle.format.adapter;

import dev.heddle.format.Violations;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the experts that a configuration lists are there in a base; without one, all may be. */
final class BaseCheck {
  private BaseCheck() {}

  /** Whether a layer has experts. */
  static boolean isMoe(@Nullable BaseExperts base, int layer) {
    return base == null || base.isMoe(layer);
  }

  /** Those of a layer's listed experts that the base has; one violation for all others. */
  static List<Integer> routed(
      @Nullable BaseExperts base, int layer, List<Integer> listed, Violations violations) {
    if (base == null) {
      return listed;
    }
    String where = ExpertConfig.FILE + ".experts." + layer;
    if (layer >= base.layers()) {
      violations.add("layer-out-of-range", where, "the base has " + base.layers() + " layers");
      return List.of();
    }
    if (!base.isMoe(layer)) {
      violations.add("not-moe-layer", where, "this layer of the base is dense, without experts");
      return List.of();
    }
    List<Integer> absent = listed.stream().filter(expert -> expert >= base.routed()).toList();
    if (!absent.isEmpty()) {
      String ids = absent.stream().map(String::valueOf).collect(Collectors.joining(", "));
      violations.add(
          "expert-out-of-range",
          where,
          (absent.size() == 1 ? "expert " : "experts ")
              + ids
              + " of a base with "
              + base.routed()
              + " routed experts");
    }
    return listed.stream().filter(expert -> expert < base.routed()).toList();
  }

  /** Whether the base has shared experts; a violation if not. */
  static boolean hasShared(@Nullable BaseExperts base, Violations violations) {
    if (base != null && base.shared() == 0) {
      violations.add(
          "no-shared-experts", ExpertConfig.FILE, "shared_experts is true, the base has none");
      return false;
    }
    return true;
  }
}
