package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rerouting: from router logits to expert slots and groups of tokens, in one kernel (the fused
 * batched rerouting of ExpertWeave, arXiv 2508.17624, with the grouping taken in), and the weighted
 * sum that ends a MoE layer.
 *
 * <p>Of a batch's pairs (token t, rank r), number {@code t * perToken + r}, the int arena gets:
 *
 * <ul>
 *   <li>picks [tokens][k] and slots [tokens][perToken];
 *   <li>places [pairs]: where a pair stands among the sorted ones;
 *   <li>sorted pairs: {@code slot << 16 | pair}, rising, so that pairs of one slot are neighbours
 *       in order of their numbers;
 *   <li>the tile table: how many tiles, then slot, first place and live rows of each. A tile has
 *       pairs of one slot only.
 * </ul>
 */
public final class RouteKernels {
  /** The pair's number in a sorted pair. */
  public static final int PAIR_MASK = 0xFFFF;

  private static final int SLOT_SHIFT = 16;

  /** Slots a sorted pair can name. */
  public static final int MAX_SLOTS = 1 << 15;

  /** Pairs of a batch at most: they are sorted in local memory, 32 KiB of it. */
  public static final int MAX_PAIRS = 8192;

  private RouteKernels() {}

  public static int slotsAt(int at, int tokens, int k) {
    return at + tokens * k;
  }

  public static int placesAt(int at, int tokens, int k, int perToken) {
    return slotsAt(at, tokens, k) + tokens * perToken;
  }

  public static int pairsAt(int at, int tokens, int k, int perToken) {
    return placesAt(at, tokens, k, perToken) + tokens * perToken;
  }

  public static int tilesAt(int at, int tokens, int k, int perToken) {
    return pairsAt(at, tokens, k, perToken) + tokens * perToken;
  }

  /** Ints of all that. */
  public static int ints(int tokens, int k, int perToken) {
    return tilesAt(0, tokens, k, perToken) + 1 + 3 * tokens * perToken;
  }

  /**
   * Floats: weights [tokens][perToken], then scores [tokens][routed], what decides
   * [tokens][routed], and the same of groups [tokens][groups].
   */
  public static int floats(int tokens, int perToken, int routed, int groups) {
    return tokens * (perToken + 2 * routed + groups);
  }

  /** The least power of two that is at least {@code pairs}. */
  public static int sortSize(int pairs) {
    return pairs <= 1 ? 1 : Integer.highestOneBit(pairs - 1) << 1;
  }

  /**
   * All of it, by one work-group of {@code threads} work-items. It stands in one piece on purpose:
   * with its steps in methods of their own TornadoVM 5.2.0 compiles it to wrong results.
   *
   * @param task where the descriptor begins; see {@link RouteTask}
   * @param sigmoid 1 if scores are sigmoids, else they are a softmax
   * @param normalize 1 if the picks' weights are divided by their sum
   * @param scale factor on the picks' weights
   * @param tile rows of a tile; with 1 there is nothing to group and pairs stay in their order
   */
  public static void routeTokens(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int task,
      int routed,
      int k,
      int shared,
      int groups,
      int topGroups,
      int sigmoid,
      int normalize,
      float scale,
      int tile,
      int room,
      int threads) {
    int[] keys = c.allocateIntLocalArray(room);
    int[] starts = c.allocateIntLocalArray(threads);
    int[] tiles = c.allocateIntLocalArray(threads);
    int l = c.localIdx;
    int perToken = k + shared;
    int live = n.get(n.get(task + RouteTask.COUNT));
    int pairs = live * perToken;
    int logits = n.get(task + RouteTask.LOGITS);
    int correction = n.get(task + RouteTask.CORRECTION);
    int sharedGate = n.get(task + RouteTask.SHARED_GATE);
    int map = n.get(task + RouteTask.MAP);
    int adapters = n.get(task + RouteTask.ADAPTERS);
    int counts = n.get(task + RouteTask.COUNTS);
    int at = n.get(task + RouteTask.AT);
    int tokens = n.get(task + RouteTask.TOKENS);
    int weights = n.get(task + RouteTask.WEIGHTS);
    for (int t = l; t < live; t += threads) {
      int scores = weights + tokens * perToken + t * routed;
      int worth = weights + tokens * (perToken + routed) + t * routed;
      int groupWorth = weights + tokens * (perToken + 2 * routed) + t * groups;
      int row = map + n.get(adapters + t) * (routed + shared);
      int weight = weights + t * perToken;
      if (sigmoid == 1) {
        sigmoids(f, logits + t * routed, scores, routed);
      } else {
        softmax(f, logits + t * routed, scores, routed);
      }
      for (int i = 0; i < routed; i++) {
        float value = f.get(scores + i);
        if (correction >= 0) {
          value += f.get(correction + i);
        }
        f.set(worth + i, value);
      }
      limitToGroups(f, worth, routed, groupWorth, groups, topGroups, sigmoid);
      float sum = 0f;
      for (int r = 0; r < k; r++) {
        int pick = largest(f, worth, routed);
        float score = f.get(scores + pick);
        n.set(at + t * k + r, pick);
        f.set(weight + r, score);
        keys[t * perToken + r] = n.get(row + pick) << SLOT_SHIFT | (t * perToken + r);
        sum += score;
        f.set(worth + pick, Float.NEGATIVE_INFINITY); // taken
      }
      for (int r = 0; r < k; r++) {
        float score = f.get(weight + r);
        f.set(weight + r, (normalize == 1 ? score / (sum + 1e-20f) : score) * scale);
      }
      for (int s = 0; s < shared; s++) {
        f.set(weight + k + s, sharedGate < 0 ? 1f : sigmoid(f.get(sharedGate + t)));
        int pair = t * perToken + k + s;
        keys[pair] = n.get(row + routed + s) << SLOT_SHIFT | pair;
      }
    }
    c.localBarrier();
    int slotsAt = at + tokens * k;
    for (int i = l; i < pairs; i += threads) {
      n.set(slotsAt + i, keys[i] >> SLOT_SHIFT);
    }
    c.localBarrier();
    if (tile > 1) {
      int size = 1;
      while (size < pairs) {
        size = size * 2;
      }
      for (int i = pairs + l; i < size; i += threads) {
        keys[i] = Integer.MAX_VALUE;
      }
      c.localBarrier();
      // Bitonic sort (Batcher, 1968).
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
      n.set(placesAt + (keys[i] & PAIR_MASK), i);
    }
    // Each work-item cuts a range of places into tiles, once it knows what came before.
    int range = (pairs + threads - 1) / threads;
    int from = Math.min(pairs, l * range);
    int to = Math.min(pairs, from + range);
    int start = -1;
    for (int i = from; i < to; i++) {
      int before = i == 0 ? -1 : keys[i - 1] >> SLOT_SHIFT;
      if (before != keys[i] >> SLOT_SHIFT) {
        start = i;
      }
    }
    starts[l] = start;
    c.localBarrier();
    int group = 0; // first place of the slot that the range begins in
    for (int b = 0; b < l; b++) {
      group = Math.max(group, starts[b]);
    }
    int mine = 0;
    int current = group;
    for (int i = from; i < to; i++) {
      int before = i == 0 ? -1 : keys[i - 1] >> SLOT_SHIFT;
      if (tile > 1 && before != keys[i] >> SLOT_SHIFT) {
        current = i;
      }
      if (tile == 1 || (i - current) % tile == 0) {
        mine++;
      }
    }
    tiles[l] = mine;
    c.localBarrier();
    int next = 0;
    for (int b = 0; b < l; b++) {
      next += tiles[b];
    }
    int tilesAt = pairsAt + tokens * perToken;
    if (l == threads - 1) {
      n.set(tilesAt, next + mine);
    }
    current = group;
    for (int i = from; i < to; i++) {
      int slot = keys[i] >> SLOT_SHIFT;
      int before = i == 0 ? -1 : keys[i - 1] >> SLOT_SHIFT;
      if (tile > 1 && before != slot) {
        current = i;
      }
      if (tile == 1 || (i - current) % tile == 0) {
        int rows = 0;
        for (int j = i; j < Math.min(pairs, i + tile); j++) {
          rows += keys[j] >> SLOT_SHIFT == slot ? 1 : 0;
        }
        n.set(tilesAt + 1 + 3 * next, slot);
        n.set(tilesAt + 2 + 3 * next, i);
        n.set(tilesAt + 3 + 3 * next, rows);
        next++;
      }
    }
    if (counts >= 0) {
      c.globalBarrier(); // picks were written by other work-items
      // A work-item counts the picks of its own columns, so that no two write one counter.
      for (int i = 0; i < live * k; i++) {
        int pick = n.get(at + i);
        if (pick % threads == l) {
          int cell = counts + n.get(adapters + i / k) * routed + pick;
          n.set(cell, n.get(cell) + 1);
        }
      }
    }
  }

  /** scores = softmax(logits). */
  static void softmax(FloatArray f, int logits, int scores, int size) {
    float max = f.get(logits);
    for (int i = 1; i < size; i++) {
      max = Math.max(max, f.get(logits + i));
    }
    float sum = 0f;
    for (int i = 0; i < size; i++) {
      float e = TornadoMath.exp(f.get(logits + i) - max);
      f.set(scores + i, e);
      sum += e;
    }
    for (int i = 0; i < size; i++) {
      f.set(scores + i, f.get(scores + i) / sum);
    }
  }

  /** scores = the sigmoid of each logit. */
  private static void sigmoids(FloatArray f, int logits, int scores, int size) {
    for (int i = 0; i < size; i++) {
      f.set(scores + i, sigmoid(f.get(logits + i)));
    }
  }

  private static float sigmoid(float x) {
    return 1f / (1f + TornadoMath.exp(-x));
  }

  /** What is outside the best groups is worth nothing. */
  private static void limitToGroups(
      FloatArray f, int worth, int routed, int groupWorth, int groups, int topGroups, int sigmoid) {
    if (groups > 1) {
      int size = routed / groups;
      for (int g = 0; g < groups; g++) {
        f.set(groupWorth + g, best(f, worth + g * size, size, sigmoid));
      }
      for (int rank = 0; rank < topGroups; rank++) {
        f.set(groupWorth + largest(f, groupWorth, groups), Float.NEGATIVE_INFINITY); // chosen
      }
      for (int i = 0; i < routed; i++) {
        if (f.get(groupWorth + i / size) != Float.NEGATIVE_INFINITY) {
          f.set(worth + i, Float.NEGATIVE_INFINITY);
        }
      }
    }
  }

  /** The largest value; with {@code two} 1, the sum of the largest two. */
  private static float best(FloatArray f, int at, int size, int two) {
    float first = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      float value = f.get(at + i);
      if (value > first) {
        second = first;
        first = value;
      } else {
        second = Math.max(second, value);
      }
    }
    return two == 1 ? first + second : first;
  }

  /** Index of the largest value, the first of equals. */
  static int largest(FloatArray f, int at, int size) {
    int index = 0;
    float value = f.get(at);
    for (int i = 1; i < size; i++) {
      float other = f.get(at + i);
      if (other > value) {
        value = other;
        index = i;
      }
    }
    return index;
  }

  /** out[t] = sum over the token's pairs, in order, of weight * y[place of the pair]. */
  public static void combineExperts(
      KernelContext c,
      FloatArray f,
      IntArray n,
      int count,
      int out,
      int cols,
      int weights,
      int places,
      int y,
      int perToken) {
    int i = c.globalIdx;
    int t = i / cols;
    if (t < n.get(count)) {
      int col = i - t * cols;
      float sum = 0f;
      for (int r = 0; r < perToken; r++) {
        int pair = t * perToken + r;
        sum = f.get(weights + pair) * f.get(y + n.get(places + pair) * cols + col) + sum;
      }
      f.set(out + i, sum);
    }
  }
}
