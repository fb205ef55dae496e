package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Two bf16 weights of a word, widened exactly. TornadoVM compiles {@code Float.intBitsToFloat} only
 * where its result is stored at once, not in arithmetic; so a weight is its significand, as an
 * integer, times a power of two from a table that begins the arena of floats. The least of bf16,
 * below 2^-126, become zero where the device has no denormal floats; infinities stay, NaN becomes
 * infinite.
 */
public final class Bf16 {
  /** Floats of the table: by sign and exponent. */
  public static final int TABLE = 512;

  private Bf16() {}

  /** The table: the value of the last place of a significand. */
  public static float[] table() {
    float[] table = new float[TABLE];
    for (int i = 0; i < TABLE; i++) {
      int exponent = i & 0xFF;
      double scale = Math.scalb(1.0, exponent == 0 ? -133 : exponent - 134);
      table[i] = (float) (i >= 256 ? -scale : scale);
    }
    return table;
  }

  /** The weight in the low half. */
  static float low(FloatArray f, int word) {
    return widened(f, (word >> 7) & 0x1FF, word & 0x7F);
  }

  /** The weight in the high half. */
  static float high(FloatArray f, int word) {
    return widened(f, (word >> 23) & 0x1FF, (word >> 16) & 0x7F);
  }

  private static float widened(FloatArray f, int signAndExponent, int fraction) {
    int hidden = (signAndExponent & 0xFF) == 0 ? 0 : 128;
    return (float) (fraction + hidden) * f.get(signAndExponent);
  }
}
