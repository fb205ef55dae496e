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

  /**
   * out[t] = x[t] / sqrt(mean(x[t]^2) + eps) * weight, for each of the {@code parts} that a row has
   * by itself; a work-group a part.
   *
   * @param cols of a part
   */
  public static void normRows(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int parts,
      int out,
      int x,
      int cols,
      int weight,
      float eps,
      int threads) {
    float[] sums = c.allocateFloatLocalArray(threads);
    int part = c.groupIdx;
    int l = c.localIdx;
    int from = x + part * cols;
    int live = n.get(count) * parts;
    float sum = 0f;
    if (part < live) {
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
    if (part < live) {
      float scale = 1f / TornadoMath.sqrt(sums[0] / cols + eps);
      for (int i = l; i < cols; i += threads) {
        float value = f.get(from + i) * scale * f.get(weight + i);
        f.set(out + part * cols + i, value);
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

  /**
   * Rotates the pairs of every head of x; a work-item a pair.
   *
   * @param angles pairs of a head
   * @param step floats from a pair's first to the next pair's: 2 for pairs of neighbours, 1 for
   *     pairs of halves
   */
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
      int step,
      int positions) {
    int i = c.globalIdx;
    int t = i / (heads * angles);
    if (t < n.get(count)) {
      int h = i / angles - t * heads;
      int pair = i % angles;
      int first = x + t * xStride + h * headStride + offset + step * pair;
      int second = step == 1 ? first + angles : first + 1;
      int angle = n.get(positions + t) * angles + pair;
      float cosine = f.get(cos + angle);
      float sine = f.get(sin + angle);
      float a = f.get(first);
      float b = f.get(second);
      f.set(first, a * cosine + -(b * sine));
      f.set(second, a * sine + b * cosine);
    }
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
