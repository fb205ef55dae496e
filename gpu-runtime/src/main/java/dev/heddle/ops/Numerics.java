package dev.heddle.ops;

/**
 * The fixed orders of summation and the functions that define every result. All CPU backends
 * compute them, so their results have the same bits, at any vector width, compiled or interpreted.
 *
 * <ul>
 *   <li>A sum across a row of n elements has {@link #LANES} accumulators: element i goes to
 *       accumulator {@code i % LANES}, in rising order of i, by fused multiply-add where it is a
 *       product; then accumulators are added pairwise, halves at a time: {@code a[j] + a[j + 8]},
 *       then 4, 2, 1.
 *   <li>The exponential is {@link #exp}, never the platform's.
 * </ul>
 */
public final class Numerics {
  /** Accumulators of a sum across a row; a multiple of every vector's lanes. */
  public static final int LANES = 16;

  /** Below it {@link #exp} is 0. */
  public static final float EXP_MIN = -87.0f;

  /** Arguments above it count as it. */
  public static final float EXP_MAX = 88.0f;

  /** Adding and subtracting it rounds a small float to the nearest integer, ties to even. */
  public static final float ROUND = 12582912f; // 1.5 * 2^23

  public static final float LOG2_E = 1.442695f;
  public static final float LN2_HIGH = 6.933594e-1f;
  public static final float LN2_LOW = -2.1219444e-4f;

  /** Coefficients of (e^r - 1 - r) / r^2 on [-ln2/2, ln2/2], highest power first (Cephes expf). */
  public static final float E5 = 1.9875691e-4f;

  public static final float E4 = 1.3981999e-3f;
  public static final float E3 = 8.333452e-3f;
  public static final float E2 = 4.1665796e-2f;
  public static final float E1 = 1.6666666e-1f;
  public static final float E0 = 5.0e-1f;

  private Numerics() {}

  /**
   * e^x within 2 ulp, by one polynomial; every step is one rounded float operation, so that a lane
   * of a vector can repeat it exactly. NaN gives NaN.
   */
  public static float exp(float x) {
    if (x < EXP_MIN) {
      return 0f;
    }
    float clamped = Math.min(x, EXP_MAX);
    float n = (clamped * LOG2_E + ROUND) - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
    float p = Math.fma(E5, r, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, E1);
    p = Math.fma(p, r, E0);
    p = Math.fma(p, r * r, r) + 1f;
    return p * Float.intBitsToFloat(((int) n + 127) << 23);
  }

  /** x * sigmoid(x), as x / (1 + e^-x). */
  public static float silu(float x) {
    return x / (1f + exp(-x));
  }

  /** 1 / (1 + e^-x). */
  public static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** Adds {@link #LANES} accumulators pairwise; the array's contents are used up. */
  public static float reduce(float[] accumulators) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int j = 0; j < half; j++) {
        accumulators[j] += accumulators[j + half];
      }
    }
    return accumulators[0];
  }
}
