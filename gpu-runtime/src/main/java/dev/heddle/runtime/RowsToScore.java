package dev.heddle.runtime;

import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowScoring;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a step's logits and where their scores go. The step thread fills it and looks at it when
 * the backend is done, whose threads write in between, each to places of its own.
 */
final class RowsToScore implements RowScoring {
  private final int[] rows;
  private final int[] tokens;
  private final int[] indices;
  private final @Nullable TokenScores[] scores;
  private final @Nullable RuntimeException[] failures;
  private int count;

  RowsToScore(int capacity) {
    rows = new int[capacity];
    tokens = new int[capacity];
    indices = new int[capacity];
    scores = new TokenScores[capacity];
    failures = new RuntimeException[capacity];
  }

  /** Forgets everything, requests' arrays too. */
  void clear() {
    for (int i = 0; i < count; i++) {
      scores[i] = null;
      failures[i] = null;
    }
    count = 0;
  }

  /**
   * Adds a row.
   *
   * @param into where the score of {@code token} goes, at {@code index}
   */
  void add(int row, int token, TokenScores into, int index) {
    into.reserve(index); // before the backend's workers set it
    rows[count] = row;
    tokens[count] = token;
    indices[count] = index;
    scores[count++] = into;
  }

  /** Throws why the i-th row could not be scored, if it could not. */
  void require(int i) {
    RuntimeException failure = failures[i];
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int row(int i) {
    return rows[i];
  }

  @Override
  public int token(int i) {
    return tokens[i];
  }

  @Override
  public int alternatives(int i) {
    return Math.max(0, into(i).width());
  }

  @Override
  public void scored(int i, Logprobs result) {
    into(i)
        .set(
            indices[i],
            result.logprob(),
            result.alternatives(),
            result.alternativeTokens(),
            result.alternativeLogprobs());
  }

  @Override
  public void failed(int i, RuntimeException cause) {
    failures[i] = cause;
  }

  private TokenScores into(int i) {
    TokenScores into = scores[i];
    if (into == null) {
      throw new IndexOutOfBoundsException(i);
    }
    return into;
  }
}
