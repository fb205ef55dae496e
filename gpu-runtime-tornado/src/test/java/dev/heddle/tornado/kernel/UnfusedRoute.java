package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What {@link RouteKernels#routeTokens} does, as three kernels: picks, then the lookup of slots,
 * then the grouping; to measure what fusing them is worth. One group of experts, no normalisation.
 */
public final class UnfusedRoute {
  private UnfusedRoute() {}

  /** A work-item a token: softmax and the k best. */
  public static void pickExperts(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int logits,
      int routed,
      int k,
      int shared,
      int at,
      int tokens,
      int weights) {
    int t = c.globalIdx;
    if (t < n.get(count)) {
      int perToken = k + shared;
      int scores = weights + tokens * perToken + t * routed;
      int weight = weights + t * perToken;
      RouteKernels.softmax(f, logits + t * routed, scores, routed);
      for (int r = 0; r < k; r++) {
        int pick = RouteKernels.largest(f, scores, routed);
        n.set(at + t * k + r, pick);
        f.set(weight + r, f.get(scores + pick));
        f.set(scores + pick, -1f);
      }
      for (int s = 0; s < shared; s++) {
        f.set(weight + k + s, 1f);
      }
    }
  }

  /** A work-item a pair: the slot of its token's adapter. */
  public static void lookUpSlots(
      KernelContext c,
      IntArray n,
      int count,
      int routed,
      int k,
      int shared,
      int map,
      int adapters,
      int at,
      int tokens) {
    int pair = c.globalIdx;
    int perToken = k + shared;
    int t = pair / perToken;
    if (t < n.get(count)) {
      int r = pair - t * perToken;
      int column = r < k ? n.get(at + t * k + r) : routed + r - k;
      int row = map + n.get(adapters + t) * (routed + shared);
      n.set(at + tokens * k + pair, n.get(row + column));
    }
  }

  /**
   * One work-group: sorts the pairs by slot. The tile table is left out: so much is in its favour.
   */
  public static void groupPairs(
      KernelContext c,
      IntArray n,
      int count,
      int k,
      int perToken,
      int at,
      int tokens,
      int tile,
      int room,
      int threads) {
    int[] keys = c.allocateIntLocalArray(room);
    int l = c.localIdx;
    int pairs = n.get(count) * perToken;
    int slotsAt = at + tokens * k;
    int size = 1;
    while (size < pairs) {
      size = size * 2;
    }
    for (int i = l; i < size; i += threads) {
      if (i < pairs) {
        keys[i] = n.get(slotsAt + i) << 16 | i;
      } else {
        keys[i] = Integer.MAX_VALUE;
      }
    }
    c.localBarrier();
    if (tile > 1) {
      for (int run = 2; run <= size; run = run * 2) {
        for (int step = run / 2; step > 0; step = step / 2) {
          for (int i = l; i < size; i += threads) {
            int other = i ^ step;
            if (other > i) {
              int a = keys[i];
              int b = keys[other];
              boolean rising = (i & run) == 0;
              if ((a > b) == rising) {
                keys[i] = b;
                keys[other] = a;
              }
            }
          }
          c.localBarrier();
        }
      }
    }
    int placesAt = slotsAt + tokens * perToken;
    int pairsAt = placesAt + tokens * perToken;
    for (int i = l; i < pairs; i += threads) {
      n.set(pairsAt + i, keys[i]);
      n.set(placesAt + (keys[i] & RouteKernels.PAIR_MASK), i);
    }
  }
}
