package dev.heddle.ops.reference;

import dev.heddle.ops.Numerics;
import java.util.Arrays;

/** Sums across a row in the order that {@link Numerics} states, and what is made of them. */
final class RowMath {
  private final float[] lanes = new float[Numerics.LANES];

  /** Starts a new sum. */
  RowMath clear() {
    Arrays.fill(lanes, 0f);
    return this;
  }

  /** Adds the products of n pairs; the index starts at 0. */
  RowMath addDot(float[] a, int aAt, float[] b, int bAt, int n) {
    for (int i = 0; i < n; i++) {
      int lane = i % Numerics.LANES;
      lanes[lane] = Math.fma(a[aAt + i], b[bAt + i], lanes[lane]);
    }
    return this;
  }

  /** Adds one element, number i of its row. */
  void add(int i, float value) {
    lanes[i % Numerics.LANES] += value;
  }

  /** The sum; ends it. */
  float sum() {
    return Numerics.reduce(lanes);
  }

  /** out = x / sqrt(mean(x^2) + eps) * weight. */
  void rmsNorm(float[] out, int outAt, float[] x, int xAt, float[] weight, int n, float eps) {
    float mean = clear().addDot(x, xAt, x, xAt, n).sum() / n;
    float scale = 1f / (float) Math.sqrt(mean + eps);
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] * scale * weight[i];
    }
  }

  /** Rotates the pairs (2i, 2i+1) of x by the angles in row {@code position}. */
  static void rotate(float[] x, int at, int dim, float[] cos, float[] sin, int position) {
    int half = dim / 2;
    for (int i = 0; i < half; i++) {
      float a = x[at + 2 * i];
      float b = x[at + 2 * i + 1];
      float c = cos[position * half + i];
      float s = sin[position * half + i];
      x[at + 2 * i] = Math.fma(a, c, -(b * s));
      x[at + 2 * i + 1] = Math.fma(a, s, b * c);
    }
  }
}
