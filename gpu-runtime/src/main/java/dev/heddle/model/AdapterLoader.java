package dev.heddle.model;

import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelShape;

/** Loads a whole adapter into given slots; for tools and tests, which never evict. */
public final class AdapterLoader {
  private AdapterLoader() {}

  /**
   * Fills slots from {@code firstSlot} on, in the order of the manifest, and the adapter's row of
   * the map.
   *
   * @return the first slot not used
   */
  public static int load(MoeModel model, AdapterSource adapter, int adapterRow, int firstSlot) {
    ModelShape shape = model.shape();
    int[][] map = model.baseMap();
    int slot = firstSlot;
    for (TunedExpert expert : adapter.manifest().experts()) {
      model.fillSlot(slot, adapter.weights(expert));
      map[moeIndex(shape, expert.layer())][expert.column()] = slot++;
    }
    for (int moeLayer = 0; moeLayer < map.length; moeLayer++) {
      model.writeMap(adapterRow, moeLayer, map[moeLayer]);
    }
    return slot;
  }

  /** Number of a decoder layer among the MoE layers. */
  private static int moeIndex(ModelShape shape, int layer) {
    int index = 0;
    for (int below = 0; below < layer; below++) {
      index += shape.isMoe(below) ? 1 : 0;
    }
    return index;
  }
}
