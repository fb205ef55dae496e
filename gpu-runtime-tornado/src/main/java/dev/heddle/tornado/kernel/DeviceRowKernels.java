package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Operations on rows of activations. Tensors are places in the arena of floats {@code f} or of ints
 * {@code n}; {@code count} is where the live number of rows stands. Elementwise ones have a
 * work-item an element.
 */
public final class DeviceRowKernels {
  private DeviceRowKernels() {}

  /** out[t] = table[tokens[t]]; a row of the table is {@code rowWords} words. */
  public static void embedRows(
      KernelContext c,
      FloatArray f,
      IntArray n,
      IntArray pairs,
      FloatArray singles,
      int count,
      int out,
      int cols,
      int tokens,
      int table,
      int rowWords,
      int bf16) {
    int i = c.globalIdx;
    int t = i / cols;
    if (t < n.get(count)) {
      int col = i - t * cols;
      int row = table + n.get(tokens + t) * rowWords;
      if (bf16 == 1) {
        int word = pairs.get(row + col / 2);
        f.set(out + i, col % 2 == 0 ? Bf16.low(f, word) : Bf16.high(f, word));
      } else {
        f.set(out + i, singles.get(row + col));
      }
    }
  }

  /** out[t] = x[t] / sqrt(mean(x[t]^2) + eps) * weight; a work-group a row. */
  public static void normRows(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int out,
      int x,
      int cols,
      int weight,
      float eps,
      int threads) {
    float[] sums = c.allocateFloatLocalArray(threads);
    int t = c.groupIdx;
    int l = c.localIdx;
    int from = x + t * cols;
    float sum = 0f;
    if (t < n.get(count)) {
      for (int i = l; i < cols; i += threads) {
        float value = f.get(from + i);
        sum = value * value + sum;
      }
    }
    sums[l] = sum;
    c.localBarrier();
    for (int half = threads / 2; half > 0; half = half / 2) {
      if (l < half) {
        sums[l] += sums[l + half];
      }
      c.localBarrier();
    }
    if (t < n.get(count)) {
      float scale = 1f / TornadoMath.sqrt(sums[0] / cols + eps);
      for (int i = l; i < cols; i += threads) {
        float value = f.get(from + i) * scale * f.get(weight + i);
        f.set(out + t * cols + i, value);
      }
    }
  }

  /** x[t] += y[t]. */
  public static void addRows(
      KernelContext c, FloatArray f, IntArray n, int count, int x, int y, int cols) {
    int i = c.globalIdx;
    if (i < n.get(count) * cols) {
      f.set(x + i, f.get(x + i) + f.get(y + i));
    }
  }

  /** gate[t] = silu(gate[t]) * up[t]; rows of both lie {@code stride} floats apart. */
  public static void siluRows(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int rowsPerCount,
      int gate,
      int up,
      int cols,
      int stride) {
    int i = c.globalIdx;
    int row = i / cols;
    if (row < n.get(count) * rowsPerCount) {
      int at = row * stride + i - row * cols;
      float g = f.get(gate + at);
      f.set(gate + at, g / (1f + TornadoMath.exp(-g)) * f.get(up + at));
    }
  }

  /** Rotates the pairs of every head of x; a work-item a pair. */
  public static void rotateRows(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int x,
      int xStride,
      int heads,
      int headStride,
      int offset,
      int cos,
      int sin,
      int angles,
      int positions) {
    int i = c.globalIdx;
    int t = i / (heads * angles);
    if (t < n.get(count)) {
      int h = i / angles - t * heads;
      int pair = i % angles;
      int at = x + t * xStride + h * headStride + offset + 2 * pair;
      int angle = n.get(positions + t) * angles + pair;
      rotate(f, at, at, f.get(cos + angle), f.get(sin + angle));
    }
  }

  /** Rotates the pair at {@code from} and puts it to {@code to}. */
  private static void rotate(FloatArray f, int from, int to, float cos, float sin) {
    float a = f.get(from);
    float b = f.get(from + 1);
    f.set(to, a * cos + -(b * sin));
    f.set(to + 1, a * sin + b * cos);
  }

  /** out[r] = x[indices[r]]. */
  public static void gatherRows(
      KernelContext c, FloatArray f, IntArray n, int count, int out, int x, int cols, int indices) {
    int i = c.globalIdx;
    int r = i / cols;
    if (r < n.get(count)) {
      f.set(out + i, f.get(x + n.get(indices + r) * cols + i - r * cols));
    }
  }
}
