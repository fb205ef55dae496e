package dev.heddle.structured;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens a state allows: one walk over the trie of their bytes. What a token does inside its
 * rule does not depend on what follows the rule; so that part is walked once for all states that
 * are at the same nodes, and only the tokens that go beyond it are walked for each.
 */
final class MaskWalk {
  private final Machine machine;
  private final TokenVocabulary vocabulary;

  /**
   * The tokens that may come whatever follows.
   *
   * @param tokens as a mask
   * @param beyond nodes of the trie at which the rule may have ended; below them, what follows
   *     decides
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Inside(long[] tokens, int[] beyond) {
    long bytes() {
      return 64 + 8L * tokens.length + 4L * beyond.length;
    }
  }

  MaskWalk(Machine machine, TokenVocabulary vocabulary) {
    this.machine = machine;
    this.vocabulary = vocabulary;
  }

  long[] mask(State state) {
    State inside = machine.inside(state);
    long[] mask;
    if (inside == null) {
      mask = new long[(vocabulary.size() + 63) >> 6];
      walk(state, 0, vocabulary.nodeByte.length, new State[vocabulary.maxDepth + 1], mask, null);
    } else {
      Inside known = inside(inside);
      mask = known.tokens.clone();
      beyond(state, known.beyond, mask);
    }
    int[] tokens = machine.network.tokenIds;
    for (int i = 0; i < tokens.length; i++) {
      if (!machine.nextToken(state, i).isDead()) {
        set(mask, tokens[i]);
      }
    }
    if (state.complete) {
      for (int end : vocabulary.ends()) {
        set(mask, end);
      }
    }
    return mask;
  }

  private Inside inside(State state) {
    Inside known = state.inside;
    if (known == null) {
      long[] mask = new long[(vocabulary.size() + 63) >> 6];
      Ints beyond = new Ints();
      walk(state, 0, vocabulary.nodeByte.length, new State[vocabulary.maxDepth + 1], mask, beyond);
      known = new Inside(mask, beyond.toArray());
      state.inside = known;
      machine.keep(known.bytes());
    }
    return known;
  }

  /** Walks on below nodes, from the state that their bytes lead to. */
  private void beyond(State state, int[] nodes, long[] mask) {
    State[] path = new State[vocabulary.maxDepth + 1];
    byte[] before = {};
    path[0] = state;
    int valid = 0;
    for (int node : nodes) {
      int depth = vocabulary.nodeDepth[node];
      int token = vocabulary.sorted[vocabulary.firstToken[node]];
      byte[] own = vocabulary.bytes(token);
      int shared = Arrays.mismatch(before, 0, Math.min(valid, before.length), own, 0, depth + 1);
      int from = shared < 0 ? Math.min(valid, depth + 1) : shared;
      for (int d = from; d <= depth; d++) {
        path[d + 1] = machine.next(path[d], own[d]);
      }
      valid = depth + 1;
      before = own;
      if (!path[depth + 1].isDead()) {
        walk(path[depth + 1], node + 1, vocabulary.nodeSkip[node], path, mask, null);
      }
    }
  }

  /**
   * @param first the state before the node {@code from}
   * @param beyond where the rule may have ended is noted there; null if nobody asks
   */
  private void walk(
      State first, int from, int to, State[] path, long[] mask, @Nullable Ints beyond) {
    if (from >= to) {
      return;
    }
    TokenVocabulary v = vocabulary;
    path[v.nodeDepth[from]] = first;
    int node = from;
    int covered = 0; // nodes below one that is noted need not be
    while (node < to) {
      int depth = v.nodeDepth[node];
      State next = machine.next(path[depth], v.nodeByte[node]);
      if (next.isDead()) {
        node = v.nodeSkip[node];
        continue;
      }
      path[depth + 1] = next;
      for (int i = v.firstToken[node]; i < v.firstToken[node + 1]; i++) {
        set(mask, v.sorted[i]);
      }
      if (beyond != null && next.complete && node >= covered) {
        beyond.add(node);
        covered = v.nodeSkip[node];
      }
      node++;
    }
  }

  private static void set(long[] mask, int token) {
    mask[token >> 6] |= 1L << token;
  }
}
