package dev.heddle.sample;

import java.util.Arrays;

/**
 * Which tokens a sequence has met, and how often its output has each: what penalties go by. A hash
 * table with linear probing over a list of the distinct tokens. Both double when the list is full,
 * so that a draw seldom allocates. Step thread only.
 */
final class TokenCounts {
  private static final int FIRST_CAPACITY = 64;

  /** Distinct tokens in the order they were met, and how often each is in the output. */
  private int[] tokens;

  private int[] outputs;
  private int distinct;

  /** Index into {@link #tokens} plus 1; 0 is empty. Twice as long as the list. */
  private int[] table;

  TokenCounts() {
    tokens = new int[FIRST_CAPACITY];
    outputs = new int[FIRST_CAPACITY];
    table = new int[2 * FIRST_CAPACITY];
  }

  private TokenCounts(TokenCounts other) {
    tokens = other.tokens.clone();
    outputs = other.outputs.clone();
    table = other.table.clone();
    distinct = other.distinct;
  }

  /** Most heap that this takes, in bytes, with so many distinct tokens. */
  static long heapBytes(long distinct) {
    // Four integers a place. Just after a doubling half of the places are used, and the half as
    // large arrays before it are still there.
    long places = Math.max(FIRST_CAPACITY, 2 * distinct);
    return 4L * Integer.BYTES * (places + places / 2);
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
    int index = indexOf(token); // which may replace the array
    outputs[index]++;
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
    int place = placeOf(token);
    if (table[place] == 0) {
      if (distinct == tokens.length) {
        grow();
        place = placeOf(token);
      }
      tokens[distinct] = token;
      table[place] = ++distinct;
    }
    return table[place] - 1;
  }

  /** Where the token is in the table, or the empty place where it belongs. */
  private int placeOf(int token) {
    int mask = table.length - 1;
    int place = ((token * 0x9E3779B9) >>> 7) & mask; // Fibonacci hashing spreads neighbouring ids
    while (table[place] != 0 && tokens[table[place] - 1] != token) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    tokens = Arrays.copyOf(tokens, 2 * distinct);
    outputs = Arrays.copyOf(outputs, 2 * distinct);
    table = new int[4 * distinct];
    for (int i = 0; i < distinct; i++) {
      table[placeOf(tokens[i])] = i + 1;
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(tokens, distinct));
  }
}
