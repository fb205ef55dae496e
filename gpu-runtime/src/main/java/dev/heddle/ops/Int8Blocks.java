package dev.heddle.ops;

/**
 * Weights as integers of 8 bits. 32 neighbouring weights of a row have one scale s; a weight is q *
 * s with q from -127 to 127. The scale is the least float of 7 significant bits that is not below
 * the largest absolute value / 127. So q * s is exact in float32, and a product with such weights
 * is the product with these floats: one sum over k, as with any other format. (7 bits are what lets
 * kernels make the float with one fused multiply-add, see TileWriter.)
 *
 * <p>Q8_0 of llama.cpp has blocks of the same size, with scales of 11 bits.
 */
public final class Int8Blocks {
  /** Weights of a block. */
  public static final int SIZE = 32;

  private static final int DROPPED_BITS = 0x1FFFF; // of a float: its fraction after 6 bits

  /** Outside of this range the arithmetic of kernels would not be exact. */
  private static final float LARGEST = 0x1p100f;

  private static final float SMALLEST_SCALE = 0x1p-100f;

  private Int8Blocks() {}

  /**
   * A block's scale: 0 if all weights are so small that they count as 0.
   *
   * @param largest absolute value in the block
   * @throws IllegalArgumentException if it is above 2^100 or not a number
   */
  public static float scale(float largest) {
    if (!(largest <= LARGEST)) {
      throw new IllegalArgumentException("a weight of " + largest + " does not fit int8");
    }
    int bits = Float.floatToRawIntBits(largest / 127f);
    float scale = Float.intBitsToFloat((bits + DROPPED_BITS) & ~DROPPED_BITS);
    return scale < SMALLEST_SCALE ? 0f : scale;
  }

  /**
   * The integer nearest to {@code weight / scale}, from a tie the even one; 0 if the scale is 0.
   */
  public static int quantized(float weight, float scale) {
    return scale == 0f ? 0 : Math.clamp((int) Math.rint(weight / scale), -127, 127);
  }

  /** Replaces a row's weights by those that int8 keeps. */
  public static void round(float[] row) {
    for (int from = 0; from < row.length; from += SIZE) {
      int to = Math.min(row.length, from + SIZE);
      float largest = 0f;
      for (int k = from; k < to; k++) {
        largest = Math.max(largest, Math.abs(row[k]));
      }
      float scale = scale(largest);
      for (int k = from; k < to; k++) {
        row[k] = quantized(row[k], scale) * scale;
      }
    }
  }
}
