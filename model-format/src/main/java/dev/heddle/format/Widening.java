package dev.heddle.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads stored weights as float32. F32, F16 and BF16 are all widened exactly. */
public final class Widening {
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat SINGLE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Widening() {}

  /** All elements, row by row. */
  public static float[] toFloats(MatrixData matrix) {
    float[] out = new float[Math.multiplyExact(matrix.rows(), matrix.cols())];
    for (int row = 0; row < matrix.rows(); row++) {
      row(matrix, row, out, row * matrix.cols());
    }
    return out;
  }

  /** The elements of one row, to {@code target[offset ...]}. */
  public static void row(MatrixData matrix, int row, float[] target, int offset) {
    MemorySegment data = matrix.data();
    long start = row * matrix.rowStride();
    switch (matrix.dtype()) {
      case BF16 -> {
        for (int c = 0; c < matrix.cols(); c++) {
          target[offset + c] = Float.intBitsToFloat(data.get(HALF, start + 2L * c) << 16);
        }
      }
      case F16 -> {
        for (int c = 0; c < matrix.cols(); c++) {
          target[offset + c] = Float.float16ToFloat(data.get(HALF, start + 2L * c));
        }
      }
      case F32 -> {
        for (int c = 0; c < matrix.cols(); c++) {
          target[offset + c] = data.get(SINGLE, start + 4L * c);
        }
      }
    }
  }

  /** Writes floats as one row, each rounded once, to the nearest and from a tie to the even. */
  public static void store(float[] source, MatrixData target, int row) {
    long start = row * target.rowStride();
    MemorySegment data = target.data();
    for (int c = 0; c < target.cols(); c++) {
      switch (target.dtype()) {
        case BF16 -> data.set(HALF, start + 2L * c, bf16(source[c]));
        case F16 -> data.set(HALF, start + 2L * c, Float.floatToFloat16(source[c]));
        case F32 -> data.set(SINGLE, start + 4L * c, source[c]);
      }
    }
  }

  private static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16); // finite values alone
  }
}
