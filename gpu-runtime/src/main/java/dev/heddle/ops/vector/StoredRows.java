package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Require;
import dev.heddle.ops.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Stored matrices of equal width below each other, or the transpose of one, read by element. */
final class StoredRows {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<MatrixData> parts;
  private final boolean transposed;
  private final int rows;
  private final int cols;

  private StoredRows(List<MatrixData> parts, boolean transposed, int rows, int cols) {
    this.parts = parts;
    this.transposed = transposed;
    this.rows = rows;
    this.cols = cols;
  }

  static StoredRows stacked(String name, List<MatrixData> parts) {
    int cols = parts.getFirst().cols();
    int rows = 0;
    for (MatrixData part : parts) {
      Require.that(part.cols() == cols, name, "has parts of different widths");
      rows += part.rows();
    }
    return new StoredRows(parts, false, rows, cols);
  }

  static StoredRows transposed(MatrixData matrix) {
    return new StoredRows(List.of(matrix), true, matrix.cols(), matrix.rows());
  }

  int rows() {
    return rows;
  }

  int cols() {
    return cols;
  }

  WeightFormat format() {
    return WeightFormat.stored(parts);
  }

  /** One row: where it begins, and how far apart its elements are. */
  record Row(DType dtype, MemorySegment data, long start, long step) {
    /**
     * Where the row lies, if it is outside the heap, of BF16 and without gaps; 0 if not. Reading by
     * address is several times faster. {@link MatrixData} has checked the range, and whoever has
     * the weights packed keeps them in memory meanwhile.
     */
    long halves() {
      return dtype == DType.BF16 && step == Short.BYTES && data.isNative()
          ? data.address() + start
          : 0;
    }

    short half(int col) {
      return data.get(SHORT, start + col * step);
    }

    float widened(int col) {
      return switch (dtype) {
        case BF16 -> Float.intBitsToFloat(half(col) << 16);
        case F16 -> Float.float16ToFloat(half(col));
        case F32 -> data.get(FLOAT, start + col * step);
      };
    }
  }

  Row row(int index) {
    int row = index;
    if (transposed) {
      MatrixData m = parts.getFirst();
      return new Row(m.dtype(), m.data(), (long) row * m.dtype().bytes(), m.rowStride());
    }
    for (MatrixData m : parts) {
      if (row < m.rows()) {
        return new Row(m.dtype(), m.data(), row * m.rowStride(), m.dtype().bytes());
      }
      row -= m.rows();
    }
    throw new IndexOutOfBoundsException(index);
  }
}
