package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.ALL;
import static dev.heddle.ops.vector.Lanes.LANES;
import static dev.heddle.ops.vector.Lanes.ORDER;
import static dev.heddle.ops.vector.Lanes.VECTOR;
import static dev.heddle.ops.vector.Lanes.getFloat;
import static dev.heddle.ops.vector.Lanes.load;
import static dev.heddle.ops.vector.Lanes.setFloat;
import static dev.heddle.ops.vector.Lanes.spread;
import static dev.heddle.ops.vector.Lanes.store;
import static dev.heddle.ops.vector.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Kernels over one tile of keys. A lane is a query row (a head of a token), {@link #ROWS} of them
 * side by side in two vectors: queries are packed [value + key][ROWS], scores [key][ROWS].
 */
final class AttentionTiles {
  /** Query rows that are worked on together. */
  static final int ROWS = 2 * LANES;

  /** Bytes of one float for each of them. */
  static final long ROW_BYTES = 2 * VECTOR;

  private AttentionTiles() {}

  /**
   * Scores of n keys: one chain over the key's elements for each lane, times scale.
   *
   * @param two whether the second vector of rows has any
   */
  static void scores(
      long q, boolean two, int width, long keys, long keyBytes, int n, float scale, long out) {
    int j = 0;
    for (; j + 8 <= n; j += 8) {
      long first = keys + j * keyBytes;
      scores8(q, width, first, keyBytes, scale, out + j * ROW_BYTES);
      if (two) {
        scores8(q + VECTOR, width, first, keyBytes, scale, out + j * ROW_BYTES + VECTOR);
      }
    }
    for (; j < n; j++) { // the rest, key by key
      scores1(q, width, keys + j * keyBytes, scale, out + j * ROW_BYTES);
    }
  }

  private static void scores8(long q, int width, long keys, long keyBytes, float scale, long out) {
    FloatVector s0 = zero();
    FloatVector s1 = zero();
    FloatVector s2 = zero();
    FloatVector s3 = zero();
    FloatVector s4 = zero();
    FloatVector s5 = zero();
    FloatVector s6 = zero();
    FloatVector s7 = zero();
    long keys4 = keys + 4 * keyBytes;
    for (int i = 0; i < width; i++) {
      FloatVector qi = load(q + ROW_BYTES * i);
      long at = keys + 4L * i;
      long at4 = keys4 + 4L * i;
      s0 = qi.fma(spread(at), s0);
      s1 = qi.fma(spread(at + keyBytes), s1);
      s2 = qi.fma(spread(at + 2 * keyBytes), s2);
      s3 = qi.fma(spread(at + 3 * keyBytes), s3);
      s4 = qi.fma(spread(at4), s4);
      s5 = qi.fma(spread(at4 + keyBytes), s5);
      s6 = qi.fma(spread(at4 + 2 * keyBytes), s6);
      s7 = qi.fma(spread(at4 + 3 * keyBytes), s7);
    }
    s0.mul(scale).intoMemorySegment(ALL, out, ORDER);
    s1.mul(scale).intoMemorySegment(ALL, out + ROW_BYTES, ORDER);
    s2.mul(scale).intoMemorySegment(ALL, out + 2 * ROW_BYTES, ORDER);
    s3.mul(scale).intoMemorySegment(ALL, out + 3 * ROW_BYTES, ORDER);
    s4.mul(scale).intoMemorySegment(ALL, out + 4 * ROW_BYTES, ORDER);
    s5.mul(scale).intoMemorySegment(ALL, out + 5 * ROW_BYTES, ORDER);
    s6.mul(scale).intoMemorySegment(ALL, out + 6 * ROW_BYTES, ORDER);
    s7.mul(scale).intoMemorySegment(ALL, out + 7 * ROW_BYTES, ORDER);
  }

  private static void scores1(long q, int width, long key, float scale, long out) {
    FloatVector low = zero();
    FloatVector high = zero();
    for (int i = 0; i < width; i++) {
      FloatVector value = spread(key + 4L * i);
      low = load(q + ROW_BYTES * i).fma(value, low);
      high = load(q + ROW_BYTES * i + VECTOR).fma(value, high);
    }
    low.mul(scale).intoMemorySegment(ALL, out, ORDER);
    high.mul(scale).intoMemorySegment(ALL, out + VECTOR, ORDER);
  }

  /** Scores of keys that lie after a lane's position become minus infinity. */
  static void maskLater(long scores, boolean two, int firstKey, int n, long positions) {
    for (int j = 0; j < n; j++) {
      for (long v = 0; v < (two ? ROW_BYTES : VECTOR); v += VECTOR) {
        long at = scores + j * ROW_BYTES + v;
        FloatVector position = load(positions + v);
        store(load(at).blend(Float.NEGATIVE_INFINITY, position.lt(firstKey + j)), at);
      }
    }
  }

  /**
   * Scores of keys that lie before a lane's window become minus infinity.
   *
   * @param firstEnd first position whose window begins after the first key
   */
  static void maskEarlier(long scores, boolean two, int firstEnd, int n, long positions) {
    for (int j = 0; j < n; j++) {
      for (long v = 0; v < (two ? ROW_BYTES : VECTOR); v += VECTOR) {
        long at = scores + j * ROW_BYTES + v;
        FloatVector position = load(positions + v);
        var gone = position.compare(VectorOperators.GE, firstEnd + j);
        store(load(at).blend(Float.NEGATIVE_INFINITY, gone), at);
      }
    }
  }

  /**
   * One tile's step of the online softmax: scores become exp(score - maximum so far), and {@code
   * corrections} what earlier sums are to be multiplied by.
   */
  static void softmax(long scores, boolean two, int n, long maxima, long sums, long corrections) {
    for (long v = 0; v < (two ? ROW_BYTES : VECTOR); v += VECTOR) {
      raise(scores + v, n, maxima + v, corrections + v);
      exponentials(scores + v, n, maxima + v, corrections + v);
      sum(scores + v, n, sums + v, corrections + v);
    }
  }

  /** The tile's maxima; corrections become those before it. */
  private static void raise(long scores, int n, long maxima, long corrections) {
    FloatVector before = load(maxima);
    FloatVector max = before;
    for (int j = 0; j < n; j++) {
      max = max.max(load(scores + j * ROW_BYTES));
    }
    store(before, corrections);
    store(max, maxima);
  }

  /** Scores and corrections become exp(themselves - max). */
  private static void exponentials(long scores, int n, long maxima, long corrections) {
    FloatVector max = load(maxima);
    for (int j = 0; j <= n; j++) {
      long at = j < n ? scores + j * ROW_BYTES : corrections;
      store(VectorMath.exp(load(at).sub(max)), at);
    }
  }

  /** Sums are corrected and take the tile's. */
  private static void sum(long scores, int n, long sums, long corrections) {
    FloatVector sum = zero();
    for (int j = 0; j < n; j++) {
      sum = sum.add(load(scores + j * ROW_BYTES));
    }
    store(load(sums).fma(load(corrections), sum), sums);
  }

  /**
   * out[r][c] = out[r][c] * correction[r] + sum over n keys of p[j][r] value[j][c], for {@code
   * rows} rows and columns {@code from} to {@code to}.
   *
   * @param p address of the first row's lane in the tile's scores
   * @param correction address of its lane in the corrections
   */
  static void accumulate(
      long out,
      long outBytes,
      int rows,
      long p,
      long correction,
      long keys,
      long keyBytes,
      int n,
      int from,
      int to) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      long o = out + r * outBytes;
      accumulate4(o, outBytes, p + 4L * r, correction + 4L * r, keys, keyBytes, n, from, to);
    }
    for (; r < rows; r++) {
      long o = out + r * outBytes;
      accumulate1(o, p + 4L * r, getFloat(correction + 4L * r), keys, keyBytes, n, from, to);
    }
  }

  private static void accumulate4(
      long out,
      long outBytes,
      long p,
      long correction,
      long keys,
      long keyBytes,
      int n,
      int from,
      int to) {
    long out1 = out + outBytes;
    long out2 = out1 + outBytes;
    long out3 = out2 + outBytes;
    int c = from;
    for (; c + 2 * LANES <= to; c += 2 * LANES) { // 4 rows by 2 vectors
      long at = 4L * c;
      long next = at + VECTOR;
      FloatVector c0 = spread(correction);
      FloatVector a0 = load(out + at).mul(c0);
      FloatVector b0 = load(out + next).mul(c0);
      FloatVector c1 = spread(correction + 4);
      FloatVector a1 = load(out1 + at).mul(c1);
      FloatVector b1 = load(out1 + next).mul(c1);
      FloatVector c2 = spread(correction + 8);
      FloatVector a2 = load(out2 + at).mul(c2);
      FloatVector b2 = load(out2 + next).mul(c2);
      FloatVector c3 = spread(correction + 12);
      FloatVector a3 = load(out3 + at).mul(c3);
      FloatVector b3 = load(out3 + next).mul(c3);
      for (int j = 0; j < n; j++) {
        FloatVector a = load(keys + j * keyBytes + at);
        FloatVector b = load(keys + j * keyBytes + next);
        long pj = p + j * ROW_BYTES;
        FloatVector p0 = spread(pj);
        a0 = a.fma(p0, a0);
        b0 = b.fma(p0, b0);
        FloatVector p1 = spread(pj + 4);
        a1 = a.fma(p1, a1);
        b1 = b.fma(p1, b1);
        FloatVector p2 = spread(pj + 8);
        a2 = a.fma(p2, a2);
        b2 = b.fma(p2, b2);
        FloatVector p3 = spread(pj + 12);
        a3 = a.fma(p3, a3);
        b3 = b.fma(p3, b3);
      }
      a0.intoMemorySegment(ALL, out + at, ORDER);
      b0.intoMemorySegment(ALL, out + next, ORDER);
      a1.intoMemorySegment(ALL, out1 + at, ORDER);
      b1.intoMemorySegment(ALL, out1 + next, ORDER);
      a2.intoMemorySegment(ALL, out2 + at, ORDER);
      b2.intoMemorySegment(ALL, out2 + next, ORDER);
      a3.intoMemorySegment(ALL, out3 + at, ORDER);
      b3.intoMemorySegment(ALL, out3 + next, ORDER);
    }
    for (int r = 0; r < 4 && c < to; r++) { // columns that are left
      float factor = getFloat(correction + 4L * r);
      accumulate1(out + r * outBytes, p + 4L * r, factor, keys, keyBytes, n, c, to);
    }
  }

  private static void accumulate1(
      long out, long p, float correction, long keys, long keyBytes, int n, int from, int to) {
    int c = from;
    for (; c + LANES <= to; c += LANES) {
      FloatVector sum = load(out + 4L * c).mul(correction);
      for (int j = 0; j < n; j++) {
        sum = load(keys + j * keyBytes + 4L * c).fma(spread(p + j * ROW_BYTES), sum);
      }
      sum.intoMemorySegment(ALL, out + 4L * c, ORDER);
    }
    for (; c < to; c++) { // scalar tail
      float sum = getFloat(out + 4L * c) * correction;
      for (int j = 0; j < n; j++) {
        sum = Math.fma(getFloat(p + j * ROW_BYTES), getFloat(keys + j * keyBytes + 4L * c), sum);
      }
      setFloat(out + 4L * c, sum);
    }
  }
}
