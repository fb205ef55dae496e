package dev.heddle.ops.reference;

import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.Numerics;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Attention over one layer of the paged cache, one query at a time. */
final class ReferenceAttention {
  private final Buffers.Cache cache;
  private final int layer;
  private final float @Nullable [] queryValue;
  private final float[] query;
  private final int[] blockTables;
  private final AttentionRule rule;
  private final float[] probability;
  private final float[][] keys; // of one tile

  ReferenceAttention(
      Buffers.Cache cache,
      int layer,
      float @Nullable [] queryValue,
      float[] query,
      int[] blockTables,
      AttentionRule rule) {
    this.cache = cache;
    this.layer = layer;
    this.queryValue = queryValue;
    this.query = query;
    this.blockTables = blockTables;
    this.rule = rule;
    this.probability = new float[cache.blockTokens()];
    this.keys = new float[cache.blockTokens()][cache.shape().width()];
  }

  /**
   * out[outAt + c] = sum over rows rule.first(position)..position of softmax(scale * score)_j
   * value[j][c].
   */
  void attend(float[] out, int outAt, int keyAt, int group, int position, int tableAt) {
    int width = cache.shape().value();
    int tokens = cache.blockTokens();
    float max = Float.NEGATIVE_INFINITY;
    float sum = 0f;
    Arrays.fill(out, outAt, outAt + width, 0f);
    int start = rule.first(position);
    for (int tile = start / tokens; tile * tokens <= position; tile++) {
      int first = blockTables[tableAt + tile] * tokens; // KV slot of the tile's first key
      int n = Math.min(tokens, position + 1 - tile * tokens);
      float newMax = max;
      int from = Math.max(0, start - tile * tokens);
      for (int j = from; j < n; j++) {
        cache.values().read(cache.at(layer, group, first + j), keys[j], 0, keys[j].length);
        float dot = queryValue == null ? 0f : chain(0f, queryValue, outAt, keys[j], 0, width);
        dot = chain(dot, query, keyAt, keys[j], width, cache.shape().key());
        probability[j] = dot * rule.scale();
        newMax = Math.max(newMax, probability[j]);
      }
      float tileSum = 0f;
      for (int j = from; j < n; j++) {
        probability[j] = Numerics.exp(probability[j] - newMax);
        tileSum += probability[j];
      }
      float correction = Numerics.exp(max - newMax);
      sum = Math.fma(sum, correction, tileSum);
      max = newMax;
      for (int c = 0; c < width; c++) {
        float value = out[outAt + c] * correction;
        for (int j = from; j < n; j++) {
          value = Math.fma(probability[j], keys[j][c], value);
        }
        out[outAt + c] = value;
      }
    }
    float inverse = 1f / sum;
    for (int c = 0; c < width; c++) {
      out[outAt + c] *= inverse;
    }
  }

  /** Goes on with a chain of fused multiply-adds over n pairs. */
  private static float chain(float sum, float[] a, int aAt, float[] b, int bAt, int n) {
    float chain = sum;
    for (int i = 0; i < n; i++) {
      chain = Math.fma(a[aAt + i], b[bAt + i], chain);
    }
    return chain;
  }
}
