package dev.heddle.experts;

/**
 * What an adapter holds of the expert map and of the slot pool: a row, and a slot or a claim for
 * each distinct expert. Written by the step thread; {@link #row} and {@link #ownSlots} are read by
 * any.
 */
final class Seat {
  /** Stands for a slot that is claimed and not yet taken. */
  static final int CLAIM = -1;

  /** Row of the expert map, &ge; 1. */
  final int row;

  /** Slot of each distinct expert, or {@link #CLAIM}. */
  final int[] slots;

  /** Slots that no other adapter uses. */
  volatile int ownSlots;

  Seat(int row, int[] slots) {
    this.row = row;
    this.slots = slots;
  }

  /** Experts that have no slot yet. */
  int claims() {
    int count = 0;
    for (int slot : slots) {
      count += slot == CLAIM ? 1 : 0;
    }
    return count;
  }
}
