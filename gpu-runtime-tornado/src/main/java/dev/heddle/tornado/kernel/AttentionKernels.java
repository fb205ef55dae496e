package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Attention over the paged cache, latent or grouped. A block of the cache holds the rows [value |
 * key] of its tokens column by column, {@code [groups][value + key][blockTokens]}, so that
 * work-items of neighbouring keys read neighbouring floats; a layer's blocks follow each other from
 * {@code layer} on.
 */
public final class AttentionKernels {
  private AttentionKernels() {}

  /**
   * Puts the normalised latent and the rotated rope part of a token into the cache; a group a
   * token.
   *
   * @param step floats from a rotated pair's first to the next pair's: 2 for pairs of neighbours, 1
   *     for pairs of halves
   */
  public static void storeLatents(
      KernelContext c,
      FloatArray f,
      IntArray n,
      FloatArray kv,
      int count,
      int compressed,
      int latent,
      int rope,
      int weight,
      float eps,
      int cos,
      int sin,
      int positions,
      int slots,
      int layer,
      int blockTokens,
      int step,
      int threads) {
    float[] sums = c.allocateFloatLocalArray(threads);
    int t = c.groupIdx;
    int l = c.localIdx;
    int width = latent + rope;
    int from = compressed + t * width;
    float sum = 0f;
    if (t < n.get(count)) {
      for (int i = l; i < latent; i += threads) {
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
      int slot = n.get(slots + t);
      int block = slot / blockTokens;
      int to = layer + block * width * blockTokens + slot - block * blockTokens;
      float scale = 1f / TornadoMath.sqrt(sums[0] / latent + eps);
      for (int i = l; i < latent; i += threads) {
        float value = f.get(from + i) * scale * f.get(weight + i);
        kv.set(to + i * blockTokens, value);
      }
      for (int pair = l; pair < rope / 2; pair += threads) {
        int angle = n.get(positions + t) * (rope / 2) + pair;
        float cosine = f.get(cos + angle);
        float sine = f.get(sin + angle);
        int first = latent + step * pair;
        int second = step == 1 ? first + rope / 2 : first + 1;
        float a = f.get(from + first);
        float b = f.get(from + second);
        kv.set(to + first * blockTokens, a * cosine + -(b * sine));
        kv.set(to + second * blockTokens, a * sine + b * cosine);
      }
    }
  }

  /** Puts keys and values of a token, a row a group, into the cache; a work-item an element. */
  public static void storeKeyValues(
      KernelContext c,
      FloatArray f,
      IntArray n,
      FloatArray kv,
      int count,
      int values,
      int keys,
      int slots,
      int groups,
      int value,
      int key,
      int layer,
      int blockTokens) {
    int width = value + key;
    int i = c.globalIdx;
    int t = i / (groups * width);
    if (t < n.get(count)) {
      int element = i - t * groups * width;
      int group = element / width;
      int col = element - group * width;
      int row = t * groups + group;
      int from = col < value ? values + row * value + col : keys + row * key + col - value;
      int slot = n.get(slots + t);
      int block = slot / blockTokens;
      int to = layer + (block * groups * width + element) * blockTokens;
      kv.set(to + slot - block * blockTokens, f.get(from));
    }
  }

  /**
   * Attention of one head of one token, a group each of {@code blockTokens * splits} work-items.
   * Keys come in tiles of one block with a running maximum (online softmax, arXiv 1805.02867). A
   * score is {@code splits} chains over ranges of the elements that score, added in rising order.
   *
   * @param task where the descriptor begins; see {@link AttentionTask}
   */
  public static void attendTokens(
      KernelContext c,
      FloatArray f,
      IntArray n,
      FloatArray kv,
      int task,
      float scale,
      int heads,
      int groups,
      int valueWidth,
      int keyWidth,
      int blockTokens,
      int splits) {
    float[] part = c.allocateFloatLocalArray(blockTokens * splits);
    float[] p = c.allocateFloatLocalArray(blockTokens);
    float[] acc = c.allocateFloatLocalArray(valueWidth);
    int l = c.localIdx;
    int split = l / blockTokens;
    int lane = l - split * blockTokens;
    int threads = blockTokens * splits;
    int t = c.groupIdx / heads;
    int h = c.groupIdx - t * heads;
    int width = valueWidth + keyWidth;
    int position = AttentionTask.position(n, task, t);
    int first = AttentionTask.first(n, task, position);
    int table = position < 0 ? 0 : AttentionTask.table(n, task, t);
    int tiles = (position + blockTokens) / blockTokens; // none for a dead row
    int group = h / (heads / groups) * width * blockTokens;
    int layer = n.get(task + AttentionTask.LAYER);
    int queryValue = n.get(task + AttentionTask.QUERY_VALUE);
    int scoring = queryValue < 0 ? valueWidth : 0; // first element that scores
    int qValue = queryValue + (t * heads + h) * valueWidth;
    // The key's part ends a head's query; counted from where the value's index goes on.
    int stride = n.get(task + AttentionTask.QUERY_STRIDE);
    int qKey = n.get(task + AttentionTask.QUERY) + t * stride + (h + 1) * (stride / heads) - width;
    int range = (width - scoring + splits - 1) / splits;
    for (int i = l; i < valueWidth; i += threads) {
      acc[i] = 0f;
    }
    float max = Float.NEGATIVE_INFINITY;
    float sum = 0f;
    for (int tile = first / blockTokens; tile < tiles; tile++) {
      int base = layer + n.get(table + tile) * groups * width * blockTokens + group;
      int from = Math.max(0, first - tile * blockTokens);
      int live = Math.min(blockTokens, position + 1 - tile * blockTokens);
      float dot = 0f;
      if (lane >= from && lane < live) {
        int to = Math.min(width, scoring + (split + 1) * range);
        for (int i = scoring + split * range; i < to; i++) {
          float x = f.get((i < valueWidth ? qValue : qKey) + i);
          dot = x * kv.get(base + i * blockTokens + lane) + dot;
        }
      }
      part[l] = dot;
      c.localBarrier();
      if (split == 0 && lane >= from && lane < live) {
        float score = part[lane];
        for (int s = 1; s < splits; s++) {
          score += part[s * blockTokens + lane];
        }
        p[lane] = score * scale;
      }
      c.localBarrier();
      float larger = max;
      for (int j = from; j < live; j++) {
        larger = Math.max(larger, p[j]);
      }
      c.localBarrier();
      if (split == 0 && lane >= from && lane < live) {
        p[lane] = TornadoMath.exp(p[lane] - larger);
      }
      c.localBarrier();
      float tileSum = 0f;
      for (int j = from; j < live; j++) {
        tileSum += p[j];
      }
      float correction = TornadoMath.exp(max - larger);
      sum = sum * correction + tileSum;
      max = larger;
      for (int i = l; i < valueWidth; i += threads) {
        float value = acc[i] * correction;
        for (int j = from; j < live; j++) {
          value = p[j] * kv.get(base + i * blockTokens + j) + value;
        }
        acc[i] = value;
      }
    }
    if (tiles > 0) {
      int out = n.get(task + AttentionTask.OUT) + (t * heads + h) * valueWidth;
      float inverse = 1f / sum;
      for (int i = l; i < valueWidth; i += threads) {
        f.set(out + i, acc[i] * inverse);
      }
    }
  }

  /** Copies block {@code blocks[0]} to {@code blocks[1]} in {@code layers} layers of a buffer. */
  public static void copyKeyBlock(
      KernelContext c,
      FloatArray kv,
      IntArray blocks,
      int layers,
      int layerFloats,
      int blockFloats) {
    int i = c.globalIdx;
    int layer = i / blockFloats;
    if (layer < layers) {
      int at = layer * layerFloats + i - layer * blockFloats;
      kv.set(at + blocks.get(1) * blockFloats, kv.get(at + blocks.get(0) * blockFloats));
    }
  }
}
