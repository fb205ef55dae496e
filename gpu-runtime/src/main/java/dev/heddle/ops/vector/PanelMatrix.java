package dev.heddle.ops.vector;

import dev.heddle.ops.Matrix;

/**
 * W[rows][cols] cut into panels of {@link #PANEL_ROWS} rows, two vectors; missing rows of the last
 * one are zeros. A panel holds its rows column by column, {@code [K][PANEL_ROWS]}, so that one load
 * meets one element of the input and no sum crosses lanes. F32: the rows in order. BF16: row r of
 * the first half and row r of the second are the low and the high half of int r, so that a shift
 * and a mask widen them.
 *
 * @param address of panel 0; panels follow each other
 */
record PanelMatrix(int rows, int cols, boolean bf16, long address) implements Matrix {
  static final int PANEL_ROWS = 2 * Lanes.LANES;

  /** Panels that so many rows take. */
  static int panels(int rows) {
    return Math.ceilDiv(rows, PANEL_ROWS);
  }

  /** Bytes of one panel. */
  static long panelBytes(int cols, boolean bf16) {
    return cols * Lanes.VECTOR * (bf16 ? 1 : 2);
  }

  static long bytes(int rows, int cols, boolean bf16) {
    return panels(rows) * panelBytes(cols, bf16);
  }

  int panels() {
    return panels(rows);
  }

  long panelBytes() {
    return panelBytes(cols, bf16);
  }

  long panel(int panel) {
    return address + panel * panelBytes();
  }
}
