package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Slots that hold digests, and steps that see the map as it was when they started. Refuses what
 * would make a step read weights that are not there or not its adapter's.
 */
final class FakeBackend implements ExpertBackend {
  private final ExpertLayout layout;
  private final @Nullable Digest[] slots;
  private final int[][][] map;

  /** Slots that each step in flight can see. */
  private final Deque<BitSet> stepsInFlight = new ArrayDeque<>();

  /** Runs in the middle of writing to slots: what other threads might do meanwhile. */
  Runnable meanwhile = () -> {};

  FakeBackend(ExpertLayout layout, int slots, int adapterRows) {
    this.layout = layout;
    this.slots = new Digest[slots];
    map = new int[adapterRows + 1][layout.moeLayers()][layout.columns()];
    routed = new int[layout.moeLayers() * map.length * layout.routed()];
    for (int[][] row : map) {
      for (int layer = 0; layer < row.length; layer++) {
        for (int column = 0; column < row[layer].length; column++) {
          row[layer][column] = layout.baseSlot(layer, column);
        }
      }
    }
  }

  @Override
  public void fillSlot(int slot, ExpertWeights weights) {
    synchronized (this) {
      requireUnseen(slot);
      if (slots[slot] != null) {
        throw new AssertionError("slot " + slot + " was not cleared");
      }
    }
    meanwhile.run();
    synchronized (this) {
      requireUnseen(slot);
      slots[slot] = FakeAdapters.read(weights);
    }
  }

  /** How many clearings fail from now on. */
  int clearsThatFail;

  @Override
  public void clearSlot(int slot) {
    meanwhile.run();
    if (clearsThatFail > 0) {
      clearsThatFail--;
      throw new IllegalStateException("the device is busy");
    }
    synchronized (this) {
      requireUnseen(slot);
      slots[slot] = null;
    }
  }

  @Override
  public synchronized void writeMap(int row, int moeLayer, int[] columns) {
    for (int column = 0; column < columns.length; column++) {
      int slot = columns[column];
      boolean base = slot == layout.baseSlot(moeLayer, column);
      if (row < 1 || (!base && (slot < layout.baseSlots() || slots[slot] == null))) {
        throw new AssertionError("row " + row + " would see slot " + slot);
      }
    }
    map[row][moeLayer] = columns.clone();
  }

  /** What routers counted so far, [moeLayer][row][column]. */
  private final int[] routed;

  /** Routers send so many tokens of a row to a column, in every layer. */
  void route(int row, int column, int tokens) {
    for (int layer = 0; layer < layout.moeLayers(); layer++) {
      routed[(layer * map.length + row) * layout.routed() + column] += tokens;
    }
  }

  @Override
  public void readRouted(int[] counts) {
    System.arraycopy(routed, 0, counts, 0, routed.length);
  }

  synchronized void stepStarts() {
    stepsInFlight.add(visible());
  }

  synchronized void stepFinishes() {
    stepsInFlight.remove();
  }

  synchronized int inFlight() {
    return stepsInFlight.size();
  }

  synchronized int filledSlots() {
    int filled = 0;
    for (Digest slot : slots) {
      filled += slot == null ? 0 : 1;
    }
    return filled;
  }

  /** Fails unless a row shows exactly the adapter's experts, and the base's elsewhere. */
  synchronized void requireRow(int row, Iterable<TunedExpert> experts) {
    int[][] expected = new int[layout.moeLayers()][layout.columns()];
    for (TunedExpert expert : experts) {
      int moeLayer = layout.moeIndex(expert.layer());
      int slot = map[row][moeLayer][expert.column()];
      if (!expert.digest().equals(slots[slot])) {
        throw new AssertionError("row " + row + " has slot " + slot + " for " + expert);
      }
      expected[moeLayer][expert.column()] = slot + 1;
    }
    for (int layer = 0; layer < expected.length; layer++) {
      for (int column = 0; column < expected[layer].length; column++) {
        if (expected[layer][column] == 0
            && map[row][layer][column] != layout.baseSlot(layer, column)) {
          throw new AssertionError("row " + row + " does not have the base's column " + column);
        }
      }
    }
  }

  private BitSet visible() {
    BitSet seen = new BitSet();
    for (int[][] row : map) {
      for (int[] layer : row) {
        for (int slot : layer) {
          seen.set(slot);
        }
      }
    }
    return seen;
  }

  private void requireUnseen(int slot) {
    if (visible().get(slot) || stepsInFlight.stream().anyMatch(seen -> seen.get(slot))) {
      throw new AssertionError("slot " + slot + " is written while a step may read it");
    }
  }
}
