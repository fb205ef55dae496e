package dev.heddle.format;

import java.lang.foreign.MemorySegment;

/**
 * A read-only view of a row-major matrix where it lies (usually a mapped file), little-endian.
 *
 * @param rows number of rows, &ge; 1
 * @param cols number of columns, &ge; 1
 * @param data bytes from the first element of row 0 to the last element of the last row
 * @param rowStride bytes from one row's first element to the next row's; {@code cols *
 *     dtype.bytes()} when dense, more for a slice of columns
 */
public record MatrixData(DType dtype, int rows, int cols, MemorySegment data, long rowStride) {
  public MatrixData {
    long needed = (rows - 1L) * rowStride + (long) cols * dtype.bytes();
    if (rows < 1 || cols < 1 || data.byteSize() < needed) {
      throw new IllegalArgumentException(
          "matrix " + rows + "x" + cols + " needs " + needed + " bytes, got " + data.byteSize());
    }
  }

  /** A matrix whose rows follow each other without gaps. */
  public static MatrixData dense(DType dtype, int rows, int cols, MemorySegment data) {
    return new MatrixData(dtype, rows, cols, data, (long) cols * dtype.bytes());
  }

  /**
   * Gives back the memory that was read of a mapped file, for this matrix and perhaps its
   * neighbours; they are read from the file again when they are needed. Does nothing to data that
   * lies elsewhere.
   */
  public void release() {
    if (data.isMapped()) {
      data.unload();
    }
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) of this matrix, without a copy. */
  public MatrixData rowSlice(int from, int to) {
    return new MatrixData(dtype, to - from, cols, data.asSlice(from * rowStride), rowStride);
  }

  /** Columns {@code from} (inclusive) to {@code to} (exclusive) of this matrix, without a copy. */
  public MatrixData columnSlice(int from, int to) {
    return new MatrixData(
        dtype, rows, to - from, data.asSlice((long) from * dtype.bytes()), rowStride);
  }
}
