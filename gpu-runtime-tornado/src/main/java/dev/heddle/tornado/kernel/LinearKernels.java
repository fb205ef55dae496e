package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Linear layers: out[row] = W x[row], for a plain matrix, one matrix a head, or the experts of
 * routed tokens.
 *
 * <p>W is cut into panels of {@code lanes} outputs, a panel holds {@code [K][lanes]} words, so that
 * neighbouring work-items read neighbouring words. A work-group of {@code lanes * splits}
 * work-items computes one panel for a tile of rows: K is cut into {@code splits} ranges, each one
 * chain of fused multiply-adds from 0, and the ranges' sums are added in rising order. That order
 * does not depend on the tile, so a row's result does not depend on its batch, to the bit.
 *
 * <p>What a task works on stands in a descriptor in the int arena; see {@link LinearTask}.
 */
public final class LinearKernels {
  /** Rows of a tile of {@link #linearTile}; enough that a weight is used often once it is read. */
  public static final int TILE = 8;

  private LinearKernels() {}

  /** A tile is one row: decode, where weights are read once and rows are few. */
  public static void linearRow(
      KernelContext c,
      FloatArray f,
      IntArray n,
      IntArray pairs,
      FloatArray singles,
      int task,
      int rows,
      int cols,
      int bf16,
      int lanes,
      int splits) {
    float[] part = c.allocateFloatLocalArray(lanes * splits);
    int panels = (rows + lanes - 1) / lanes;
    int unit = c.groupIdx / panels;
    int panel = c.groupIdx - unit * panels;
    int lane = c.localIdx % lanes;
    int split = c.localIdx / lanes;
    int live = LinearTask.live(n, task, unit, 1);
    float sum = 0f;
    if (live > 0) {
      int words = bf16 == 1 ? (cols + 1) / 2 : cols;
      int at = LinearTask.weights(n, task, unit) + panel * words * lanes + lane;
      int x = LinearTask.source(n, task, unit, 1, 0);
      int range = (words + splits - 1) / splits;
      int to = Math.min(words, (split + 1) * range);
      for (int k = split * range; k < to; k++) {
        if (bf16 == 1) {
          int word = pairs.get(at + k * lanes);
          int second = Math.min(2 * k + 1, cols - 1); // of an odd last pair the second weight is 0
          sum += Bf16.low(f, word) * f.get(x + 2 * k);
          sum += Bf16.high(f, word) * f.get(x + second);
        } else {
          sum += singles.get(at + k * lanes) * f.get(x + k);
        }
      }
    }
    part[split * lanes + lane] = sum;
    c.localBarrier();
    int out = panel * lanes + lane;
    if (live > 0 && split == 0 && out < rows) {
      float total = part[lane];
      for (int s = 1; s < splits; s++) {
        total += part[s * lanes + lane];
      }
      LinearTask.store(f, n, task, unit, 1, 0, out, total);
    }
  }

  /** A tile is {@link #TILE} rows, each weight read once for all of them: prefill. */
  public static void linearTile(
      KernelContext c,
      FloatArray f,
      IntArray n,
      IntArray pairs,
      FloatArray singles,
      int task,
      int rows,
      int cols,
      int bf16,
      int lanes,
      int splits) {
    float[] part = c.allocateFloatLocalArray(8 * lanes * splits);
    int panels = (rows + lanes - 1) / lanes;
    int unit = c.groupIdx / panels;
    int panel = c.groupIdx - unit * panels;
    int lane = c.localIdx % lanes;
    int split = c.localIdx / lanes;
    int live = LinearTask.live(n, task, unit, 8);
    float s0 = 0f;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    float s4 = 0f;
    float s5 = 0f;
    float s6 = 0f;
    float s7 = 0f;
    if (live > 0) {
      int words = bf16 == 1 ? (cols + 1) / 2 : cols;
      int at = LinearTask.weights(n, task, unit) + panel * words * lanes + lane;
      int last = live - 1; // rows beyond it repeat the last one and are not stored
      int x0 = LinearTask.source(n, task, unit, 8, 0);
      int x1 = LinearTask.source(n, task, unit, 8, Math.min(1, last));
      int x2 = LinearTask.source(n, task, unit, 8, Math.min(2, last));
      int x3 = LinearTask.source(n, task, unit, 8, Math.min(3, last));
      int x4 = LinearTask.source(n, task, unit, 8, Math.min(4, last));
      int x5 = LinearTask.source(n, task, unit, 8, Math.min(5, last));
      int x6 = LinearTask.source(n, task, unit, 8, Math.min(6, last));
      int x7 = LinearTask.source(n, task, unit, 8, Math.min(7, last));
      int range = (words + splits - 1) / splits;
      int to = Math.min(words, (split + 1) * range);
      for (int k = split * range; k < to; k++) {
        if (bf16 == 1) {
          int word = pairs.get(at + k * lanes);
          float low = Bf16.low(f, word);
          s0 += low * f.get(x0 + 2 * k);
          s1 += low * f.get(x1 + 2 * k);
          s2 += low * f.get(x2 + 2 * k);
          s3 += low * f.get(x3 + 2 * k);
          s4 += low * f.get(x4 + 2 * k);
          s5 += low * f.get(x5 + 2 * k);
          s6 += low * f.get(x6 + 2 * k);
          s7 += low * f.get(x7 + 2 * k);
          int second = Math.min(2 * k + 1, cols - 1);
          float high = Bf16.high(f, word);
          s0 += high * f.get(x0 + second);
          s1 += high * f.get(x1 + second);
          s2 += high * f.get(x2 + second);
          s3 += high * f.get(x3 + second);
          s4 += high * f.get(x4 + second);
          s5 += high * f.get(x5 + second);
          s6 += high * f.get(x6 + second);
          s7 += high * f.get(x7 + second);
        } else {
          float weight = singles.get(at + k * lanes);
          s0 += weight * f.get(x0 + k);
          s1 += weight * f.get(x1 + k);
          s2 += weight * f.get(x2 + k);
          s3 += weight * f.get(x3 + k);
          s4 += weight * f.get(x4 + k);
          s5 += weight * f.get(x5 + k);
          s6 += weight * f.get(x6 + k);
          s7 += weight * f.get(x7 + k);
        }
      }
    }
    int mine = split * lanes + lane;
    int row = lanes * splits;
    part[mine] = s0;
    part[row + mine] = s1;
    part[2 * row + mine] = s2;
    part[3 * row + mine] = s3;
    part[4 * row + mine] = s4;
    part[5 * row + mine] = s5;
    part[6 * row + mine] = s6;
    part[7 * row + mine] = s7;
    c.localBarrier();
    int out = panel * lanes + lane;
    if (out < rows) {
      for (int j = split; j < live; j += splits) {
        float total = part[j * row + lane];
        for (int s = 1; s < splits; s++) {
          total += part[j * row + s * lanes + lane];
        }
        LinearTask.store(f, n, task, unit, 8, j, out, total);
      }
    }
  }
}
