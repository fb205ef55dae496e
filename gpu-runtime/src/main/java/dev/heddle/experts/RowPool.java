package dev.heddle.experts;

/** Hands out the adapter rows of the expert map, 1 to {@code rows}. Step thread only. */
final class RowPool {
  private final boolean[] taken;
  private int free;

  RowPool(int rows) {
    taken = new boolean[rows + 1];
    free = rows;
  }

  int total() {
    return taken.length - 1;
  }

  int free() {
    return free;
  }

  boolean isTaken(int row) {
    return taken[row];
  }

  int take() {
    for (int row = 1; row < taken.length; row++) {
      if (!taken[row]) {
        taken[row] = true;
        free--;
        return row;
      }
    }
    throw new IllegalStateException("no adapter row is free");
  }

  void giveBack(int row) {
    if (!taken[row]) {
      throw new IllegalStateException("row " + row + " is free already");
    }
    taken[row] = false;
    free++;
  }
}
