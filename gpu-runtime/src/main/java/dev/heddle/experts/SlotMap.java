package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which resident adapters use which slots, as of about now.
 *
 * @param uses the slots in use, in ascending order
 * @param widest the most experts that a resident adapter tunes in one layer; 0 without any
 */
public record SlotMap(List<Use> uses, int widest) {
  /**
   * A slot in use.
   *
   * @param slot counted from the first one that adapters may use
   * @param layer the first decoder layer that uses it, as does {@code column}
   * @param adapters who use it
   */
  public record Use(int slot, int layer, int column, List<Digest> adapters) {}

  static SlotMap of(ExpertMap map, ExpertLayout layout, List<ResidencyStats.Resident> residents) {
    Map<Integer, Use> uses = new TreeMap<>();
    int widest = 0;
    for (ResidencyStats.Resident resident : residents) {
      for (int layer = 0; layer < layout.moeLayers(); layer++) {
        int tuned = 0;
        for (int column = 0; column < layout.columns(); column++) {
          int slot = map.slot(resident.row(), layer, column) - layout.baseSlots();
          if (slot >= 0) {
            tuned++;
            Use first = new Use(slot, layout.layer(layer), column, new ArrayList<>());
            Use use = uses.computeIfAbsent(slot, absent -> first);
            if (!use.adapters().contains(resident.adapter())) {
              use.adapters().add(resident.adapter());
            }
          }
        }
        widest = Math.max(widest, tuned);
      }
    }
    return new SlotMap(List.copyOf(uses.values()), widest);
  }
}
