package dev.heddle.format.adapter;

import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * A product that is added to a matrix W[out][in] of an expert: scale * B A. The two matrices may be
 * pieces of those of many experts: row r of A is row {@code first + r} of what is stored, column r
 * of B is column {@code firstColumn + r * step}.
 *
 * @param a stored A, [...][in]
 * @param b stored B, [out][...]
 * @param rank rows of A and columns of B
 * @param transposed the product is of W's transpose: A is [...][out], B is [in][...]
 * @param firstOut first of B's rows that belong to W
 */
record LoraPair(
    MatrixData a,
    MatrixData b,
    int rank,
    int first,
    int firstColumn,
    int step,
    boolean transposed,
    int firstOut,
    float scale) {

  /**
   * W + scale * B A: each element of the product is one fused multiply-add chain over the rank from
   * 0 in float32, added by one more; the sum is rounded once to W's type.
   *
   * @param w a piece of the matrix: its rows begin at {@code rowOffset}, its columns at {@code
   *     columnOffset}
   * @param live rows and columns of the piece that the pair reaches; others stay as they are
   */
  MatrixData addedTo(MatrixData w, int rowOffset, int columnOffset, Live live, Arena arena) {
    MatrixData out =
        MatrixData.dense(
            w.dtype(),
            w.rows(),
            w.cols(),
            arena.allocate((long) w.rows() * w.cols() * w.dtype().bytes(), Long.BYTES));
    float[][] rowFactors = factors(rowOffset, live.rows(), true);
    float[][] columnFactors = factors(columnOffset, live.cols(), false);
    float[] row = new float[w.cols()];
    float[] product = new float[live.cols()];
    for (int o = 0; o < w.rows(); o++) {
      Widening.row(w, o, row, 0);
      if (o < live.rows()) {
        Arrays.fill(product, 0f);
        for (int r = 0; r < rank; r++) {
          float factor = rowFactors[r][o];
          float[] others = columnFactors[r];
          for (int i = 0; i < product.length; i++) {
            product[i] = Math.fma(factor, others[i], product[i]);
          }
        }
        for (int i = 0; i < product.length; i++) {
          row[i] = Math.fma(scale, product[i], row[i]);
        }
      }
      Widening.store(row, out, o);
    }
    return out;
  }

  /** Rows and columns. */
  record Live(int rows, int cols) {}

  /** [rank][count]: of rows or of columns of W, wherever they are stored. */
  private float[][] factors(int from, int count, boolean ofRows) {
    float[][] factors = new float[rank][count];
    if (ofRows == transposed) { // stored in A, a row a rank
      int at = ofRows ? from + firstOut : from;
      for (int r = 0; r < rank; r++) {
        Widening.row(
            a.rowSlice(first + r, first + r + 1).columnSlice(at, at + count), 0, factors[r], 0);
      }
    } else { // stored in B, a column a rank
      int at = ofRows ? from + firstOut : from;
      for (int r = 0; r < rank; r++) {
        int stored = firstColumn + r * step;
        MatrixData column = b.columnSlice(stored, stored + 1);
        for (int i = 0; i < count; i++) {
          Widening.row(column, at + i, factors[r], i);
        }
      }
    }
    return factors;
  }
}
