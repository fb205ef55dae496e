package dev.heddle.registry.adapter;

import java.util.Arrays;
import java.util.List;

/**
 * How many experts versions have in common, by digest.
 *
 * @param versions as {@code adapter@number}: first the one that was asked about, then those that
 *     share most with it
 * @param shared a row and a column for each of them, symmetric; on the diagonal the different
 *     experts of one
 */
public record Overlap(List<String> versions, List<List<Integer>> shared) {
  static Overlap of(List<String> versions, int[][] shared) {
    return new Overlap(
        versions, Arrays.stream(shared).map(row -> Arrays.stream(row).boxed().toList()).toList());
  }
}
