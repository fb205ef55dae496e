package dev.heddle.ops.vector;

import org.jspecify.annotations.Nullable;

/** Copies stored weights into the layout of {@link PanelMatrix}; safe from any thread. */
final class PanelPacker {
  private static final int BLOCK_COLS = 256; // a block of a panel stays in the first cache

  private PanelPacker() {}

  /** Writes one panel of a matrix, its missing rows as zeros, to {@code target}. */
  static void pack(StoredRows source, int panel, boolean bf16, long target) {
    StoredRows.@Nullable Row[] rows = new StoredRows.Row[PanelMatrix.PANEL_ROWS];
    int first = panel * PanelMatrix.PANEL_ROWS;
    for (int r = 0; r < rows.length && first + r < source.rows(); r++) {
      rows[r] = source.row(first + r);
    }
    for (int from = 0; from < source.cols(); from += BLOCK_COLS) {
      int to = Math.min(source.cols(), from + BLOCK_COLS);
      for (int r = 0; r < (bf16 ? Lanes.LANES : rows.length); r++) {
        if (bf16) {
          packPair(rows[r], rows[r + Lanes.LANES], from, to, target + 4L * r);
        } else {
          packRow(rows[r], from, to, target + 4L * r);
        }
      }
    }
  }

  private static void packPair(
      StoredRows.@Nullable Row low, StoredRows.@Nullable Row high, int from, int to, long target) {
    for (int k = from; k < to; k++) {
      int bits = low == null ? 0 : low.half(k) & 0xFFFF;
      if (high != null) {
        bits |= high.half(k) << 16;
      }
      Lanes.setInt(target + k * Lanes.VECTOR, bits);
    }
  }

  private static void packRow(StoredRows.@Nullable Row row, int from, int to, long target) {
    for (int k = from; k < to; k++) {
      Lanes.setFloat(target + 2L * k * Lanes.VECTOR, row == null ? 0f : row.widened(k));
    }
  }
}
