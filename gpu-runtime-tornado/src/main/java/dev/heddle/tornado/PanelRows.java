package dev.heddle.tornado;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.ops.Require;
import java.util.List;

/**
 * Stored matrices of equal width below each other, or the transpose of one, read row by row.
 *
 * @param bf16 whether all of them are stored as bf16, and kept so
 */
record PanelRows(int rows, int cols, boolean bf16, PanelLayout.Rows reader) {
  static PanelRows stacked(String name, List<MatrixData> parts) {
    int cols = parts.getFirst().cols();
    int rows = 0;
    boolean bf16 = true;
    for (MatrixData part : parts) {
      Require.that(part.cols() == cols, name, "has parts of different widths");
      rows += part.rows();
      bf16 &= part.dtype() == DType.BF16;
    }
    return new PanelRows(rows, cols, bf16, (row, target) -> read(parts, row, target));
  }

  private static void read(List<MatrixData> parts, int row, float[] target) {
    int rest = row;
    for (MatrixData part : parts) {
      if (rest < part.rows()) {
        Widening.row(part, rest, target, 0);
        return;
      }
      rest -= part.rows();
    }
    throw new IndexOutOfBoundsException(row);
  }

  /** The columns of a matrix as rows. */
  static PanelRows transposed(MatrixData data) {
    return new PanelRows(
        data.cols(),
        data.rows(),
        data.dtype() == DType.BF16,
        (row, target) -> {
          MatrixData column = data.columnSlice(row, row + 1);
          float[] element = new float[1];
          for (int c = 0; c < data.rows(); c++) {
            Widening.row(column, c, element, 0);
            target[c] = element[0];
          }
        });
  }
}
