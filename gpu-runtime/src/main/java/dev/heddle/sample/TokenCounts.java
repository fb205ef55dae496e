package dev.heddle.sample;

import java.util.Arrays;

/**
 * Which tokens a sequence has met, and how often its output has each: what penalties go by. A hash
 * table with linear probing over a list of the distinct tokens, sized once. Step thread only.
 */
final class TokenCounts {
  /** Distinct tokens in the order they were met, and how often each is in the output. */
  private final int[] tokens;

  private final int[] outputs;
  private int distinct;

  /** Index into {@link #tokens} plus 1; 0 is empty. At most half full. */
  private final int[] table;

  /**
   * @param capacity most distinct tokens the sequence can meet
   */
  TokenCounts(int capacity) {
    tokens = new int[capacity];
    outputs = new int[capacity];
    table = new int[Math.max(2, Integer.highestOneBit(Math.max(1, capacity)) * 4)];
  }

  private TokenCounts(TokenCounts other) {
    tokens = other.tokens.clone();
    outputs = other.outputs.clone();
    table = other.table.clone();
    distinct = other.distinct;
  }

  TokenCounts copy() {
    return new TokenCounts(this);
  }

  void addPrompt(int[] prompt) {
    for (int token : prompt) {
      indexOf(token);
    }
  }

  void addOutput(int token) {
    outputs[indexOf(token)]++;
  }

  /** Distinct tokens met; their ids and counts are at indices below. */
  int distinct() {
    return distinct;
  }

  int token(int index) {
    return tokens[index];
  }

  int outputs(int index) {
    return outputs[index];
  }

  private int indexOf(int token) {
    int mask = table.length - 1;
    int place = ((token * 0x9E3779B9) >>> 7) & mask; // Fibonacci hashing spreads neighbouring ids
    while (table[place] != 0) {
      if (tokens[table[place] - 1] == token) {
        return table[place] - 1;
      }
      place = (place + 1) & mask;
    }
    if (distinct == tokens.length) {
      throw new IllegalStateException("more than " + distinct + " distinct tokens");
    }
    tokens[distinct] = token;
    table[place] = ++distinct;
    return distinct - 1;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(tokens, distinct));
  }
}
