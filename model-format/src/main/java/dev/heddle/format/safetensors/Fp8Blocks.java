package dev.heddle.format.safetensors;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Matrices of 8-bit floats (e4m3, arXiv 2209.05433) with one scale for each block of {@value
 * #BLOCK} x {@value #BLOCK}, as DeepSeek-V3 is published (arXiv 2412.19437, section 3.3). Blocks at
 * the right and at the bottom may be cut.
 */
public final class Fp8Blocks {
  /** Rows and columns of a block. */
  public static final int BLOCK = 128;

  private static final String SUFFIX = "_scale_inv";
  private static final float[] NUMBERS = numbers();

  private Fp8Blocks() {}

  /** The name of a matrix's scales. */
  static String scales(String matrix) {
    return matrix + SUFFIX;
  }

  /**
   * The name of the matrix whose scales have a name; the name itself where it is none of scales.
   */
  static String matrixOf(String scales) {
    return scales.endsWith(SUFFIX)
        ? scales.substring(0, scales.length() - SUFFIX.length())
        : scales;
  }

  /** The shape of a matrix's scales. */
  static List<Integer> scaleShape(int rows, int cols) {
    return List.of(Math.ceilDiv(rows, BLOCK), Math.ceilDiv(cols, BLOCK));
  }

  /**
   * A copy of a matrix: each number times its block's scale, in float32, rounded once. It lies
   * outside the heap, for as long as it is used.
   *
   * @param numbers one byte an element, row by row
   * @param scales of shape {@link #scaleShape}
   */
  static MatrixData widen(MemorySegment numbers, int rows, int cols, MatrixData scales, DType to) {
    MemorySegment copy = Arena.ofAuto().allocate((long) rows * cols * to.bytes(), Long.BYTES);
    MatrixData out = MatrixData.dense(to, rows, cols, copy);
    byte[] bytes = new byte[cols];
    float[] values = new float[cols];
    float[] rowScales = new float[scales.cols()];
    for (int row = 0; row < rows; row++) {
      if (row % BLOCK == 0) {
        Widening.row(scales, row / BLOCK, rowScales, 0);
      }
      long start = (long) row * cols;
      MemorySegment.copy(numbers, ValueLayout.JAVA_BYTE, start, bytes, 0, cols);
      for (int c = 0; c < cols; c++) {
        values[c] = NUMBERS[bytes[c] & 0xff] * rowScales[c / BLOCK];
      }
      Widening.store(values, out, row);
    }
    return out;
  }

  /** What each byte means: a sign, 4 bits of exponent of bias 7, 3 of fraction; no infinity. */
  private static float[] numbers() {
    float[] numbers = new float[256];
    for (int code = 0; code < 128; code++) {
      int exponent = code >> 3;
      int fraction = code & 7;
      float value =
          exponent == 0
              ? Math.scalb((float) fraction, -9)
              : Math.scalb(1 + fraction / 8f, exponent - 7);
      numbers[code] = code == 0x7f ? Float.NaN : value;
      numbers[code + 128] = -numbers[code];
    }
    return numbers;
  }
}
