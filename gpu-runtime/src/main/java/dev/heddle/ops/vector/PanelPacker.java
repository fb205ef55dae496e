package dev.heddle.ops.vector;

import dev.heddle.ops.Int8Blocks;
import dev.heddle.ops.WeightFormat;
import org.jspecify.annotations.Nullable;

/** Copies stored weights into the layout of {@link PanelMatrix}; safe from any thread. */
final class PanelPacker {
  /**
   * Raised whenever the bytes of packed weights become others, or what a model packs under a name:
   * files of packed weights with another number are not used.
   */
  static final int LAYOUT = 1;

  private static final int BLOCK_COLS = 256; // a block of a panel stays in the first cache

  private PanelPacker() {}

  /** Writes one panel of a matrix, its missing rows as zeros, to {@code target}. */
  static void pack(StoredRows source, int panel, WeightFormat format, long target) {
    StoredRows.@Nullable Row[] rows = new StoredRows.Row[PanelMatrix.PANEL_ROWS];
    int first = panel * PanelMatrix.PANEL_ROWS;
    for (int r = 0; r < rows.length && first + r < source.rows(); r++) {
      rows[r] = source.row(first + r);
    }
    for (int from = 0; from < source.cols(); from += BLOCK_COLS) {
      int to = Math.min(source.cols(), from + BLOCK_COLS);
      for (int r = 0; r < Lanes.LANES; r++) {
        StoredRows.@Nullable Row low = rows[r];
        StoredRows.@Nullable Row high = rows[r + Lanes.LANES];
        long lane = target + 4L * r;
        switch (format) {
          case BF16 -> {
            packPairs(low, from, to, lane);
            packPairs(high, from, to, lane + Lanes.VECTOR);
          }
          case F32 -> {
            packRow(low, from, to, lane);
            packRow(high, from, to, lane + Lanes.VECTOR);
          }
          case INT8 -> packInt8(low, high, from, to, lane);
        }
      }
    }
  }

  /**
   * Lane r of a block of 32 k is an int for the scales of rows r and r + LANES, as a pair of BF16,
   * and then an int for each two k: the codes of the two rows at the first k, then at the second. A
   * code is q + 128, without a sign, so that a mask puts it into a float's fraction.
   */
  private static void packInt8(
      StoredRows.@Nullable Row low, StoredRows.@Nullable Row high, int from, int to, long lane) {
    for (int block = from; block < to; block += Int8Blocks.SIZE) {
      int end = Math.min(to, block + Int8Blocks.SIZE);
      float lowScale = scale(low, block, end);
      float highScale = scale(high, block, end);
      long at = lane + block / Int8Blocks.SIZE * PanelMatrix.INT8_BLOCK_BYTES;
      int scales = Float.floatToRawIntBits(highScale) & 0xFFFF0000;
      Lanes.setInt(at, scales | Float.floatToRawIntBits(lowScale) >>> 16);
      for (int k = block; k < end; k += 2) {
        at += Lanes.VECTOR;
        int first = code(low, k, lowScale) | code(high, k, highScale) << 8;
        int second = code(low, k + 1, lowScale) | code(high, k + 1, highScale) << 8;
        Lanes.setInt(at, first | second << 16);
      }
    }
  }

  private static float scale(StoredRows.@Nullable Row row, int from, int to) {
    float largest = 0f;
    for (int k = from; row != null && k < to; k++) {
      largest = Math.max(largest, Math.abs(row.widened(k)));
    }
    return Int8Blocks.scale(largest);
  }

  private static int code(StoredRows.@Nullable Row row, int k, float scale) {
    return row == null ? 0 : Int8Blocks.quantized(row.widened(k), scale) + 128;
  }

  /** An int holds a row's elements at two neighbouring k, the first one in its low half. */
  private static void packPairs(StoredRows.@Nullable Row row, int from, int to, long target) {
    long halves = row == null ? 0 : row.halves();
    if (halves != 0) { // that is how the row lies in memory
      for (int k = from; k < to; k += 2) {
        Lanes.setInt(target + k * Lanes.VECTOR, Lanes.getInt(halves + 2L * k));
      }
      return;
    }
    for (int k = from; k < to; k += 2) {
      int bits = row == null ? 0 : (row.half(k) & 0xFFFF) | row.half(k + 1) << 16;
      Lanes.setInt(target + k * Lanes.VECTOR, bits);
    }
  }

  private static void packRow(StoredRows.@Nullable Row row, int from, int to, long target) {
    for (int k = from; k < to; k++) {
      Lanes.setFloat(target + 2L * k * Lanes.VECTOR, row == null ? 0f : row.widened(k));
    }
  }
}
