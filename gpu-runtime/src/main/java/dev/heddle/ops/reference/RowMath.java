package dev.heddle.ops.reference;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RopeTable;
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

  /** Rotates the table's pairs of x by the angles in row {@code position}. */
  static void rotate(float[] x, int at, RopeTable table, int position) {
    float[] cos = Buffers.floatsOf(table.cos());
    float[] sin = Buffers.floatsOf(table.sin());
    int half = table.cos().cols();
    for (int i = 0; i < half; i++) {
      int first = at + table.step() * i;
      int second = first + table.distance();
      float a = x[first];
      float b = x[second];
      float c = cos[position * half + i];
      float s = sin[position * half + i];
      x[first] = Math.fma(a, c, -(b * s));
      x[second] = Math.fma(a, s, b * c);
    }
  }
}
