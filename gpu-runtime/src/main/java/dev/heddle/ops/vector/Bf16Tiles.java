package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.VECTOR;
import static dev.heddle.ops.vector.Lanes.loadInts;
import static dev.heddle.ops.vector.Lanes.spread;
import static dev.heddle.ops.vector.Lanes.store;
import static dev.heddle.ops.vector.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of a tile of tokens and panels of BF16 weights; {@link PanelMatrix} states the layout. A
 * k of a panel is one vector of ints: a float32's upper half is its BF16, so a shift makes rows 0..
 * of it and a mask the others. Sums never leave their lane: each is one chain over k.
 *
 * <p>tileAxB takes A tokens, interleaved as [K][A], and B panels {@code panelStride} bytes apart;
 * it writes 2 vectors a token and panel, tokens {@code outStride} bytes apart. The shapes are those
 * whose accumulators stay in registers.
 */
final class Bf16Tiles {
  private static final int HIGH_HALF = 0xFFFF0000;

  private Bf16Tiles() {}

  /** The panel's first rows of one k. */
  private static FloatVector low(IntVector pair) {
    return pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /** The panel's last rows of one k. */
  private static FloatVector high(IntVector pair) {
    return pair.and(HIGH_HALF).reinterpretAsFloats();
  }

  static void tile8x1(long w, int k, long x, long out, long outStride) {
    FloatVector l0 = zero();
    FloatVector h0 = zero();
    FloatVector l1 = zero();
    FloatVector h1 = zero();
    FloatVector l2 = zero();
    FloatVector h2 = zero();
    FloatVector l3 = zero();
    FloatVector h3 = zero();
    FloatVector l4 = zero();
    FloatVector h4 = zero();
    FloatVector l5 = zero();
    FloatVector h5 = zero();
    FloatVector l6 = zero();
    FloatVector h6 = zero();
    FloatVector l7 = zero();
    FloatVector h7 = zero();
    for (int i = 0; i < k; i++) {
      long at = w + VECTOR * i;
      IntVector pair = loadInts(at);
      FloatVector low = low(pair);
      FloatVector high = high(pair);
      long xi = x + 32L * i;
      FloatVector x0 = spread(xi);
      l0 = low.fma(x0, l0);
      h0 = high.fma(x0, h0);
      FloatVector x1 = spread(xi + 4);
      l1 = low.fma(x1, l1);
      h1 = high.fma(x1, h1);
      FloatVector x2 = spread(xi + 8);
      l2 = low.fma(x2, l2);
      h2 = high.fma(x2, h2);
      FloatVector x3 = spread(xi + 12);
      l3 = low.fma(x3, l3);
      h3 = high.fma(x3, h3);
      FloatVector x4 = spread(xi + 16);
      l4 = low.fma(x4, l4);
      h4 = high.fma(x4, h4);
      FloatVector x5 = spread(xi + 20);
      l5 = low.fma(x5, l5);
      h5 = high.fma(x5, h5);
      FloatVector x6 = spread(xi + 24);
      l6 = low.fma(x6, l6);
      h6 = high.fma(x6, h6);
      FloatVector x7 = spread(xi + 28);
      l7 = low.fma(x7, l7);
      h7 = high.fma(x7, h7);
    }
    store(l0, out);
    store(h0, out + VECTOR);
    store(l1, out + outStride);
    store(h1, out + outStride + VECTOR);
    store(l2, out + 2 * outStride);
    store(h2, out + 2 * outStride + VECTOR);
    store(l3, out + 3 * outStride);
    store(h3, out + 3 * outStride + VECTOR);
    store(l4, out + 4 * outStride);
    store(h4, out + 4 * outStride + VECTOR);
    store(l5, out + 5 * outStride);
    store(h5, out + 5 * outStride + VECTOR);
    store(l6, out + 6 * outStride);
    store(h6, out + 6 * outStride + VECTOR);
    store(l7, out + 7 * outStride);
    store(h7, out + 7 * outStride + VECTOR);
  }

  static void tile4x2(long w, long panelStride, int k, long x, long out, long outStride) {
    FloatVector l0a = zero();
    FloatVector h0a = zero();
    FloatVector l0b = zero();
    FloatVector h0b = zero();
    FloatVector l1a = zero();
    FloatVector h1a = zero();
    FloatVector l1b = zero();
    FloatVector h1b = zero();
    FloatVector l2a = zero();
    FloatVector h2a = zero();
    FloatVector l2b = zero();
    FloatVector h2b = zero();
    FloatVector l3a = zero();
    FloatVector h3a = zero();
    FloatVector l3b = zero();
    FloatVector h3b = zero();
    for (int i = 0; i < k; i++) {
      long at = w + VECTOR * i;
      IntVector paira = loadInts(at);
      FloatVector lowa = low(paira);
      FloatVector higha = high(paira);
      IntVector pairb = loadInts(at + panelStride);
      FloatVector lowb = low(pairb);
      FloatVector highb = high(pairb);
      long xi = x + 16L * i;
      FloatVector x0 = spread(xi);
      l0a = lowa.fma(x0, l0a);
      h0a = higha.fma(x0, h0a);
      l0b = lowb.fma(x0, l0b);
      h0b = highb.fma(x0, h0b);
      FloatVector x1 = spread(xi + 4);
      l1a = lowa.fma(x1, l1a);
      h1a = higha.fma(x1, h1a);
      l1b = lowb.fma(x1, l1b);
      h1b = highb.fma(x1, h1b);
      FloatVector x2 = spread(xi + 8);
      l2a = lowa.fma(x2, l2a);
      h2a = higha.fma(x2, h2a);
      l2b = lowb.fma(x2, l2b);
      h2b = highb.fma(x2, h2b);
      FloatVector x3 = spread(xi + 12);
      l3a = lowa.fma(x3, l3a);
      h3a = higha.fma(x3, h3a);
      l3b = lowb.fma(x3, l3b);
      h3b = highb.fma(x3, h3b);
    }
    store(l0a, out);
    store(h0a, out + VECTOR);
    store(l0b, out + 2 * VECTOR);
    store(h0b, out + 3 * VECTOR);
    store(l1a, out + outStride);
    store(h1a, out + outStride + VECTOR);
    store(l1b, out + outStride + 2 * VECTOR);
    store(h1b, out + outStride + 3 * VECTOR);
    store(l2a, out + 2 * outStride);
    store(h2a, out + 2 * outStride + VECTOR);
    store(l2b, out + 2 * outStride + 2 * VECTOR);
    store(h2b, out + 2 * outStride + 3 * VECTOR);
    store(l3a, out + 3 * outStride);
    store(h3a, out + 3 * outStride + VECTOR);
    store(l3b, out + 3 * outStride + 2 * VECTOR);
    store(h3b, out + 3 * outStride + 3 * VECTOR);
  }

  static void tile1x4(long w, long panelStride, int k, long x, long out) {
    FloatVector la = zero();
    FloatVector ha = zero();
    FloatVector lb = zero();
    FloatVector hb = zero();
    FloatVector lc = zero();
    FloatVector hc = zero();
    FloatVector ld = zero();
    FloatVector hd = zero();
    for (int i = 0; i < k; i++) {
      long at = w + VECTOR * i;
      IntVector paira = loadInts(at);
      FloatVector lowa = low(paira);
      FloatVector higha = high(paira);
      IntVector pairb = loadInts(at + panelStride);
      FloatVector lowb = low(pairb);
      FloatVector highb = high(pairb);
      IntVector pairc = loadInts(at + 2 * panelStride);
      FloatVector lowc = low(pairc);
      FloatVector highc = high(pairc);
      IntVector paird = loadInts(at + 3 * panelStride);
      FloatVector lowd = low(paird);
      FloatVector highd = high(paird);
      FloatVector xi = spread(x + 4L * i);
      la = lowa.fma(xi, la);
      ha = higha.fma(xi, ha);
      lb = lowb.fma(xi, lb);
      hb = highb.fma(xi, hb);
      lc = lowc.fma(xi, lc);
      hc = highc.fma(xi, hc);
      ld = lowd.fma(xi, ld);
      hd = highd.fma(xi, hd);
    }
    store(la, out);
    store(ha, out + VECTOR);
    store(lb, out + 2 * VECTOR);
    store(hb, out + 3 * VECTOR);
    store(lc, out + 4 * VECTOR);
    store(hc, out + 5 * VECTOR);
    store(ld, out + 6 * VECTOR);
    store(hd, out + 7 * VECTOR);
  }

  static void tile1x1(long w, int k, long x, long out) {
    FloatVector l = zero();
    FloatVector h = zero();
    for (int i = 0; i < k; i++) {
      long at = w + VECTOR * i;
      IntVector pair = loadInts(at);
      FloatVector low = low(pair);
      FloatVector high = high(pair);
      FloatVector xi = spread(x + 4L * i);
      l = low.fma(xi, l);
      h = high.fma(xi, h);
    }
    store(l, out);
    store(h, out + VECTOR);
  }
}
