package dev.heddle.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * W[rows][cols] in panels of {@code lanes} rows (a table's have one), each {@code [K][lanes]}
 * words; missing rows of the last panel are zeros. A word is one float32, or two bf16: the elements
 * of columns 2k (low half) and 2k + 1.
 */
record PanelLayout(int rows, int cols, boolean bf16, int lanes) {
  int panels() {
    return Math.ceilDiv(rows, lanes);
  }

  /** Words of one panel. */
  int panelWords() {
    return rowWords(cols, bf16) * lanes;
  }

  int words() {
    return Math.toIntExact((long) panels() * panelWords());
  }

  /** Words of a row of so many columns. */
  static int rowWords(int cols, boolean bf16) {
    return bf16 ? Math.ceilDiv(cols, 2) : cols;
  }

  /** A source of rows: stored ones, or the columns of a stored matrix. */
  interface Rows {
    /** Widened elements of a row to {@code target}. */
    void read(int row, float[] target);
  }

  /** Writes panels {@code first} to {@code first + count - 1} to the start of {@code target}. */
  void pack(Rows source, int first, int count, MemorySegment target) {
    float[] row = new float[cols];
    for (int panel = first; panel < first + count; panel++) {
      long at = 4L * (panel - first) * panelWords();
      for (int lane = 0; lane < lanes; lane++) {
        int r = panel * lanes + lane;
        if (r < rows) {
          source.read(r, row);
        } else {
          Arrays.fill(row, 0f);
        }
        put(row, target, at + 4L * lane, 4L * lanes);
      }
    }
  }

  /** A row as words, {@code step} bytes apart. */
  private void put(float[] row, MemorySegment target, long at, long step) {
    for (int k = 0; k < rowWords(cols, bf16); k++) {
      int word;
      if (bf16) {
        int low = Float.floatToRawIntBits(row[2 * k]) >>> 16;
        int high = 2 * k + 1 < cols ? Float.floatToRawIntBits(row[2 * k + 1]) : 0;
        word = low | (high & 0xFFFF0000);
      } else {
        word = Float.floatToRawIntBits(row[k]);
      }
      target.set(ValueLayout.JAVA_INT_UNALIGNED, at + k * step, word);
    }
  }
}
