package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.F;
import static dev.heddle.ops.vector.Lanes.LANES;
import static dev.heddle.ops.vector.Lanes.getFloat;
import static dev.heddle.ops.vector.Lanes.load;
import static dev.heddle.ops.vector.Lanes.setFloat;
import static dev.heddle.ops.vector.Lanes.store;
import static dev.heddle.ops.vector.Lanes.zero;

import dev.heddle.ops.Numerics;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** What is done to one row of n floats; arguments named after rows are addresses. */
final class RowKernels {
  private static final int BF16_NAN = 0x7FC0;

  private RowKernels() {}

  /** x += y. */
  static void add(long x, long y, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      store(load(x + 4L * i).add(load(y + 4L * i)), x + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      setFloat(x + 4L * i, getFloat(x + 4L * i) + getFloat(y + 4L * i));
    }
  }

  /** Rounds floats to BF16, to the nearest, ties to even. */
  static void toBf16(long from, long to, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      FloatVector v = load(from + 4L * i);
      IntVector bits = v.reinterpretAsInts();
      IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
      IntVector rounded = bits.add(odd).add(0x7FFF).lanewise(VectorOperators.LSHR, 16);
      VectorMask<Integer> nan = v.test(VectorOperators.IS_NAN).cast(Lanes.I);
      rounded
          .blend(BF16_NAN, nan)
          .convertShape(VectorOperators.I2S, Lanes.HALVES, 0)
          .reinterpretAsShorts()
          .intoMemorySegment(Lanes.ALL, to + 2L * i, Lanes.ORDER);
    }
    for (; i < n; i++) { // scalar tail
      float v = getFloat(from + 4L * i);
      int bits = Float.floatToRawIntBits(v);
      int rounded = (bits + (bits >>> 16 & 1) + 0x7FFF) >>> 16;
      Lanes.setShort(to + 2L * i, (short) (Float.isNaN(v) ? BF16_NAN : rounded));
    }
  }

  /** gate = silu(gate) * up. */
  static void siluMul(long gate, long up, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      FloatVector active = VectorMath.silu(load(gate + 4L * i));
      store(active.mul(load(up + 4L * i)), gate + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      float active = Numerics.silu(getFloat(gate + 4L * i));
      setFloat(gate + 4L * i, active * getFloat(up + 4L * i));
    }
  }

  /** out = x / sqrt(mean(x^2) + eps) * weight; {@code sums} has room for a row sum. */
  static void rmsNorm(long out, long x, long weight, int n, float eps, long sums) {
    float mean = sumOfSquares(x, n, sums) / n;
    float scale = 1f / (float) Math.sqrt(mean + eps);
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      store(load(x + 4L * i).mul(scale).mul(load(weight + 4L * i)), out + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      setFloat(out + 4L * i, getFloat(x + 4L * i) * scale * getFloat(weight + 4L * i));
    }
  }

  /** The row sum of x[i]^2 as {@link Numerics} defines it. */
  static float sumOfSquares(long x, int n, long sums) {
    int whole = n - n % Numerics.LANES;
    for (int first = 0; first < Numerics.LANES; first += LANES) {
      FloatVector sum = zero();
      for (int i = first; i < whole; i += Numerics.LANES) {
        FloatVector v = load(x + 4L * i);
        sum = v.fma(v, sum);
      }
      store(sum, sums + 4L * first);
    }
    for (int i = whole; i < n; i++) { // scalar tail
      long lane = sums + 4L * (i - whole);
      setFloat(lane, Math.fma(getFloat(x + 4L * i), getFloat(x + 4L * i), getFloat(lane)));
    }
    return reduce(sums);
  }

  /** The row sum of x[i]. */
  static float sum(long x, int n, long sums) {
    int whole = n - n % Numerics.LANES;
    for (int first = 0; first < Numerics.LANES; first += LANES) {
      FloatVector sum = zero();
      for (int i = first; i < whole; i += Numerics.LANES) {
        sum = sum.add(load(x + 4L * i));
      }
      store(sum, sums + 4L * first);
    }
    for (int i = whole; i < n; i++) { // scalar tail
      long lane = sums + 4L * (i - whole);
      setFloat(lane, getFloat(lane) + getFloat(x + 4L * i));
    }
    return reduce(sums);
  }

  /** {@link Numerics#reduce} in memory. */
  private static float reduce(long sums) {
    for (int half = Numerics.LANES / 2; half > 0; half /= 2) {
      for (int j = 0; j < half; j++) {
        setFloat(sums + 4L * j, getFloat(sums + 4L * j) + getFloat(sums + 4L * (j + half)));
      }
    }
    return getFloat(sums);
  }

  /** out = exp(x - max) for every element; out may be x. */
  static void expMinus(long out, long x, float max, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      store(VectorMath.exp(load(x + 4L * i).sub(max)), out + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      setFloat(out + 4L * i, Numerics.exp(getFloat(x + 4L * i) - max));
    }
  }

  /** The largest of x, whose order does not matter; NaN if one is. */
  static float max(long x, int n) {
    float max = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (n >= LANES) {
      FloatVector most = load(x);
      for (i = LANES; i < F.loopBound(n); i += LANES) {
        most = most.max(load(x + 4L * i));
      }
      max = most.reduceLanes(VectorOperators.MAX);
    }
    for (; i < n; i++) { // scalar tail
      max = Math.max(max, getFloat(x + 4L * i));
    }
    return max;
  }

  /** The first element of x from {@code from} on that is above a threshold; n if none is. */
  static int nextAbove(long x, int from, int n, float threshold) {
    int i = from;
    for (; i <= n - LANES; i += LANES) {
      VectorMask<Float> above = load(x + 4L * i).compare(VectorOperators.GT, threshold);
      if (above.anyTrue()) {
        return i + above.firstTrue();
      }
    }
    for (; i < n; i++) { // scalar tail
      if (getFloat(x + 4L * i) > threshold) {
        return i;
      }
    }
    return n;
  }

  /** out = sigmoid(x) for every element; out may be x. */
  static void sigmoid(long out, long x, int n) {
    for (int i = 0; i < n; i++) {
      setFloat(out + 4L * i, Numerics.sigmoid(getFloat(x + 4L * i)));
    }
  }

  /** x = x / divisor for every element. */
  static void divide(long x, float divisor, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      store(load(x + 4L * i).div(divisor), x + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      setFloat(x + 4L * i, getFloat(x + 4L * i) / divisor);
    }
  }

  /** x = x * factor for every element. */
  static void scale(long x, float factor, int n) {
    int i = 0;
    for (; i < F.loopBound(n); i += LANES) {
      store(load(x + 4L * i).mul(factor), x + 4L * i);
    }
    for (; i < n; i++) { // scalar tail
      setFloat(x + 4L * i, getFloat(x + 4L * i) * factor);
    }
  }

  /**
   * Rotates pairs of {@code from} into {@code to}, which may be it.
   *
   * @param step bytes from a pair's first float to the next pair's
   * @param distance bytes from a pair's first float to its second
   */
  static void rotate(long to, long from, long step, long distance, long cos, long sin, int pairs) {
    for (int i = 0; i < pairs; i++) {
      float a = getFloat(from + step * i);
      float b = getFloat(from + step * i + distance);
      float c = getFloat(cos + 4L * i);
      float s = getFloat(sin + 4L * i);
      setFloat(to + step * i, Math.fma(a, c, -(b * s)));
      setFloat(to + step * i + distance, Math.fma(a, s, b * c));
    }
  }
}
