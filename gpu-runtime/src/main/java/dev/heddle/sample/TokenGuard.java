package dev.heddle.sample;

import java.util.BitSet;
import java.util.List;

/**
 * {@link TokenRules} of one choice, and what they go by: how many tokens it has, and the latest of
 * them. Allocates nothing once made. Step thread only.
 */
final class TokenGuard {
  private final TokenRules rules;

  /** What would end the answer: not to be drawn yet. */
  private final BitSet ends;

  private final int[][] badWords;

  /** The latest tokens, the one at place {@code i} of the answer at {@code i % length}. */
  private final int[] recent;

  private int count;

  TokenGuard(TokenRules rules, List<Integer> eosTokens) {
    this.rules = rules;
    this.badWords = rules.badWords().toArray(int[][]::new);
    this.ends = (BitSet) rules.stops().clone();
    eosTokens.forEach(ends::set);
    int longest = 1;
    for (int[] run : badWords) {
      longest = Math.max(longest, run.length);
    }
    this.recent = new int[longest];
  }

  private TokenGuard(TokenGuard other) {
    rules = other.rules;
    ends = other.ends;
    badWords = other.badWords;
    recent = other.recent.clone();
    count = other.count;
  }

  TokenGuard copy() {
    return new TokenGuard(this);
  }

  /** Whether the token ends the answer, by the rules. */
  boolean stops(int token) {
    return rules.stops().get(token);
  }

  /** Whether there may be anything to forbid at the next place. */
  boolean forbids() {
    return count < rules.minTokens() || rules.allowed() != null || badWords.length > 0;
  }

  /** Makes impossible what may not come next. */
  void forbid(float[] row, int vocabulary) {
    BitSet allowed = rules.allowed();
    if (allowed != null) {
      for (int t = allowed.nextClearBit(0); t < vocabulary; t = allowed.nextClearBit(t + 1)) {
        row[t] = Float.NEGATIVE_INFINITY;
      }
    }
    if (count < rules.minTokens()) {
      for (int token = ends.nextSetBit(0);
          token >= 0 && token < vocabulary;
          token = ends.nextSetBit(token + 1)) {
        row[token] = Float.NEGATIVE_INFINITY;
      }
    }
    for (int[] run : badWords) {
      if (completes(run)) {
        row[run[run.length - 1]] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  void accept(int token) {
    recent[count++ % recent.length] = token;
  }

  /** Whether the answer ends with all of the run but its last token. */
  private boolean completes(int[] run) {
    int before = run.length - 1;
    if (before > count) {
      return false;
    }
    for (int i = 0; i < before; i++) {
      if (recent[(count - before + i) % recent.length] != run[i]) {
        return false;
      }
    }
    return true;
  }
}
