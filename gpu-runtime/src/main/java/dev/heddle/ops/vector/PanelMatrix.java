package dev.heddle.ops.vector;

import dev.heddle.ops.Int8Blocks;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.WeightFormat;

/**
 * W[rows][cols] cut into panels of {@link #PANEL_ROWS} rows, two vectors; missing rows of the last
 * one are zeros. A panel holds its rows column by column, {@code [K][PANEL_ROWS]}, so that one load
 * meets one element of the input and no sum crosses lanes. F32: the rows in order. BF16: an int
 * holds a row's elements at two neighbouring k, so that a shift and a mask widen them; the ints of
 * a pair of k are the rows in order. INT8: see {@link PanelPacker#packInt8}.
 *
 * @param address of panel 0; panels follow each other
 */
record PanelMatrix(int rows, int cols, WeightFormat format, long address) implements Matrix {
  static final int PANEL_ROWS = 2 * Lanes.LANES;

  /** INT8: a block of every row of a panel, the scales first. */
  static final long INT8_BLOCK_BYTES = Lanes.VECTOR * (1 + Int8Blocks.SIZE / 2);

  /** What panels of a width hold: BF16 goes by pairs, so an odd width is kept as floats. */
  static WeightFormat format(WeightFormat wanted, int cols) {
    return wanted == WeightFormat.BF16 && cols % 2 != 0 ? WeightFormat.F32 : wanted;
  }

  /** Panels that so many rows take. */
  static int panels(int rows) {
    return Math.ceilDiv(rows, PANEL_ROWS);
  }

  /** Bytes of one panel. */
  static long panelBytes(int cols, WeightFormat format) {
    return switch (format) {
      case BF16 -> cols * Lanes.VECTOR;
      case F32 -> 2 * Lanes.VECTOR * cols;
      case INT8 -> Math.ceilDiv(cols, Int8Blocks.SIZE) * INT8_BLOCK_BYTES;
    };
  }

  static long bytes(int rows, int cols, WeightFormat format) {
    return panels(rows) * panelBytes(cols, format);
  }

  int panels() {
    return panels(rows);
  }

  long panelBytes() {
    return panelBytes(cols, format);
  }

  long panel(int panel) {
    return address + panel * panelBytes();
  }
}
