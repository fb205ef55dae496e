package dev.heddle.experts;

import java.util.Arrays;

/**
 * Which slot each column of each MoE layer means for each adapter row; row 0 is the base. One
 * immutable snapshot covers all layers: a step sees one of them from its first layer to its last.
 */
public final class ExpertMap {
  /** [row][moeLayer][column]; never written after construction, so snapshots share rows. */
  private final int[][][] rows;

  private ExpertMap(int[][][] rows) {
    this.rows = rows;
  }

  /** Every row, 0 to {@code adapterRows}, means the base. */
  static ExpertMap base(ExpertLayout layout, int adapterRows) {
    int[][][] rows = new int[adapterRows + 1][][];
    Arrays.fill(rows, layout.baseMap());
    return new ExpertMap(rows);
  }

  /** This map with another row; {@code slots} [moeLayer][column] is kept and must not change. */
  ExpertMap with(int row, int[][] slots) {
    if (row < 1) {
      throw new IllegalArgumentException("row " + row + " is not an adapter's");
    }
    int[][][] changed = rows.clone();
    changed[row] = slots;
    return new ExpertMap(changed);
  }

  /** A row's slots [moeLayer][column], to be changed at will. */
  int[][] copyOfRow(int row) {
    int[][] copy = new int[rows[row].length][];
    for (int layer = 0; layer < copy.length; layer++) {
      copy[layer] = rows[row][layer].clone();
    }
    return copy;
  }

  /** Adapter rows and the base's. */
  public int rows() {
    return rows.length;
  }

  public int slot(int row, int moeLayer, int column) {
    return rows[row][moeLayer][column];
  }

  /** Hands one row to the backend, layer by layer. */
  void write(int row, ExpertBackend backend) {
    for (int layer = 0; layer < rows[row].length; layer++) {
      backend.writeMap(row, layer, rows[row][layer].clone());
    }
  }
}
