package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.ALL;
import static dev.heddle.ops.vector.Lanes.ORDER;
import static dev.heddle.ops.vector.Lanes.VECTOR;
import static dev.heddle.ops.vector.Lanes.high;
import static dev.heddle.ops.vector.Lanes.loadInts;
import static dev.heddle.ops.vector.Lanes.low;
import static dev.heddle.ops.vector.Lanes.spread;
import static dev.heddle.ops.vector.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

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
  private Bf16Tiles() {}

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
    l0.intoMemorySegment(ALL, out, ORDER);
    h0.intoMemorySegment(ALL, out + VECTOR, ORDER);
    l1.intoMemorySegment(ALL, out + outStride, ORDER);
    h1.intoMemorySegment(ALL, out + outStride + VECTOR, ORDER);
    l2.intoMemorySegment(ALL, out + 2 * outStride, ORDER);
    h2.intoMemorySegment(ALL, out + 2 * outStride + VECTOR, ORDER);
    l3.intoMemorySegment(ALL, out + 3 * outStride, ORDER);
    h3.intoMemorySegment(ALL, out + 3 * outStride + VECTOR, ORDER);
    l4.intoMemorySegment(ALL, out + 4 * outStride, ORDER);
    h4.intoMemorySegment(ALL, out + 4 * outStride + VECTOR, ORDER);
    l5.intoMemorySegment(ALL, out + 5 * outStride, ORDER);
    h5.intoMemorySegment(ALL, out + 5 * outStride + VECTOR, ORDER);
    l6.intoMemorySegment(ALL, out + 6 * outStride, ORDER);
    h6.intoMemorySegment(ALL, out + 6 * outStride + VECTOR, ORDER);
    l7.intoMemorySegment(ALL, out + 7 * outStride, ORDER);
    h7.intoMemorySegment(ALL, out + 7 * outStride + VECTOR, ORDER);
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
    l0a.intoMemorySegment(ALL, out, ORDER);
    h0a.intoMemorySegment(ALL, out + VECTOR, ORDER);
    l0b.intoMemorySegment(ALL, out + 2 * VECTOR, ORDER);
    h0b.intoMemorySegment(ALL, out + 3 * VECTOR, ORDER);
    l1a.intoMemorySegment(ALL, out + outStride, ORDER);
    h1a.intoMemorySegment(ALL, out + outStride + VECTOR, ORDER);
    l1b.intoMemorySegment(ALL, out + outStride + 2 * VECTOR, ORDER);
    h1b.intoMemorySegment(ALL, out + outStride + 3 * VECTOR, ORDER);
    l2a.intoMemorySegment(ALL, out + 2 * outStride, ORDER);
    h2a.intoMemorySegment(ALL, out + 2 * outStride + VECTOR, ORDER);
    l2b.intoMemorySegment(ALL, out + 2 * outStride + 2 * VECTOR, ORDER);
    h2b.intoMemorySegment(ALL, out + 2 * outStride + 3 * VECTOR, ORDER);
    l3a.intoMemorySegment(ALL, out + 3 * outStride, ORDER);
    h3a.intoMemorySegment(ALL, out + 3 * outStride + VECTOR, ORDER);
    l3b.intoMemorySegment(ALL, out + 3 * outStride + 2 * VECTOR, ORDER);
    h3b.intoMemorySegment(ALL, out + 3 * outStride + 3 * VECTOR, ORDER);
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
    la.intoMemorySegment(ALL, out, ORDER);
    ha.intoMemorySegment(ALL, out + VECTOR, ORDER);
    lb.intoMemorySegment(ALL, out + 2 * VECTOR, ORDER);
    hb.intoMemorySegment(ALL, out + 3 * VECTOR, ORDER);
    lc.intoMemorySegment(ALL, out + 4 * VECTOR, ORDER);
    hc.intoMemorySegment(ALL, out + 5 * VECTOR, ORDER);
    ld.intoMemorySegment(ALL, out + 6 * VECTOR, ORDER);
    hd.intoMemorySegment(ALL, out + 7 * VECTOR, ORDER);
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
    l.intoMemorySegment(ALL, out, ORDER);
    h.intoMemorySegment(ALL, out + VECTOR, ORDER);
  }
}
