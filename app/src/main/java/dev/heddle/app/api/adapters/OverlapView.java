package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Overlap;
import java.util.List;

/**
 * How many experts versions share by digest. A shared expert is stored once and takes one slot.
 *
 * @param versions the one that was asked about, then those that share most with it
 * @param shared a row and a column for each version; on the diagonal the different experts of one
 */
record OverlapView(List<String> versions, List<List<Integer>> shared) {
  static OverlapView of(Overlap overlap) {
    return new OverlapView(overlap.versions(), overlap.shared());
  }
}
