package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Latent attention over the paged cache. A block of the cache holds its tokens column by column,
 * {@code [latent + rope][blockTokens]}, so that work-items of neighbouring keys read neighbouring
 * floats; a layer's blocks follow each other from {@code layer} on.
 */
public final class AttentionKernels {
  private AttentionKernels() {}

  /**
   * Puts the normalised latent and the rotated rope part of a token into the cache; a group a
   * token.
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
        float a = f.get(from + latent + 2 * pair);
        float b = f.get(from + latent + 2 * pair + 1);
        int at = to + (latent + 2 * pair) * blockTokens;
        kv.set(at, a * cosine + -(b * sine));
        kv.set(at + blockTokens, a * sine + b * cosine);
      }
    }
  }

  /**
   * Attention of one head of one token, a group each of {@code blockTokens * splits} work-items.
   * Keys come in tiles of one block with a running maximum (online softmax, arXiv 1805.02867). A
   * score is {@code splits} chains over ranges of the key's elements, added in rising order.
   */
  public static void attendLatents(
      KernelContext c,
      FloatArray f,
      IntArray n,
      FloatArray kv,
      int count,
      int queryLatent,
      int query,
      int queryStride,
      int out,
      int heads,
      int layer,
      int positions,
      int sequences,
      int tables,
      int tableCols,
      float scale,
      int latent,
      int rope,
      int blockTokens,
      int splits) {
    float[] part = c.allocateFloatLocalArray(blockTokens * splits);
    float[] p = c.allocateFloatLocalArray(blockTokens);
    float[] acc = c.allocateFloatLocalArray(latent);
    int l = c.localIdx;
    int split = l / blockTokens;
    int lane = l - split * blockTokens;
    int threads = blockTokens * splits;
    int t = c.groupIdx / heads;
    int h = c.groupIdx - t * heads;
    int width = latent + rope;
    int position = t < n.get(count) ? n.get(positions + t) : -1;
    int table = position < 0 ? 0 : tables + n.get(sequences + t) * tableCols;
    int tiles = (position + blockTokens) / blockTokens; // none for a dead row
    int q = queryLatent + (t * heads + h) * latent;
    // The rope part ends a head's query; counted from where the latent's index goes on.
    int qRope = query + t * queryStride + (h + 1) * (queryStride / heads) - rope - latent;
    int range = (width + splits - 1) / splits;
    for (int i = l; i < latent; i += threads) {
      acc[i] = 0f;
    }
    float max = Float.NEGATIVE_INFINITY;
    float sum = 0f;
    for (int tile = 0; tile < tiles; tile++) {
      int base = layer + n.get(table + tile) * width * blockTokens;
      int live = Math.min(blockTokens, position + 1 - tile * blockTokens);
      float dot = 0f;
      if (lane < live) {
        int to = Math.min(width, (split + 1) * range);
        for (int i = split * range; i < to; i++) {
          float x = f.get((i < latent ? q : qRope) + i);
          dot = x * kv.get(base + i * blockTokens + lane) + dot;
        }
      }
      part[l] = dot;
      c.localBarrier();
      if (split == 0 && lane < live) {
        float score = part[lane];
        for (int s = 1; s < splits; s++) {
          score += part[s * blockTokens + lane];
        }
        p[lane] = score * scale;
      }
      c.localBarrier();
      float larger = max;
      for (int j = 0; j < live; j++) {
        larger = Math.max(larger, p[j]);
      }
      c.localBarrier();
      if (split == 0 && lane < live) {
        p[lane] = TornadoMath.exp(p[lane] - larger);
      }
      c.localBarrier();
      float tileSum = 0f;
      for (int j = 0; j < live; j++) {
        tileSum += p[j];
      }
      float correction = TornadoMath.exp(max - larger);
      sum = sum * correction + tileSum;
      max = larger;
      for (int i = l; i < latent; i += threads) {
        float value = acc[i] * correction;
        for (int j = 0; j < live; j++) {
          value = p[j] * kv.get(base + i * blockTokens + j) + value;
        }
        acc[i] = value;
      }
    }
    if (tiles > 0) {
      float inverse = 1f / sum;
      for (int i = l; i < latent; i += threads) {
        f.set(out + (t * heads + h) * latent + i, acc[i] * inverse);
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
