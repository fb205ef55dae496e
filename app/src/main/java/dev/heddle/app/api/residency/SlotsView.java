package dev.heddle.app.api.residency;

import dev.heddle.experts.SlotMap;
import dev.heddle.format.Digest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The slots that adapters may use, and who uses them.
 *
 * @param slots how many there are
 * @param adapters digests of the resident adapters that use any
 * @param uses the slots in use, in ascending order; others are free, or about to be
 */
record SlotsView(int slots, List<String> adapters, List<UseView> uses) {
  /**
   * A slot in use.
   *
   * @param slot counted from 0
   * @param layer the first decoder layer that uses it, as does {@code column}
   * @param adapters places in the list of adapters
   */
  record UseView(int slot, int layer, int column, List<Integer> adapters) {}

  static SlotsView of(int slots, SlotMap map) {
    Set<Digest> using = new LinkedHashSet<>();
    map.uses().forEach(use -> using.addAll(use.adapters()));
    List<String> adapters = using.stream().map(Digest::qualified).toList();
    List<Digest> order = List.copyOf(using);
    List<UseView> uses =
        map.uses().stream()
            .map(use ->
                new UseView(
                    use.slot(),
                    use.layer(),
                    use.column(),
                    use.adapters().stream().map(order::indexOf).toList()))
            .toList();
    return new SlotsView(slots, adapters, uses);
  }
}
