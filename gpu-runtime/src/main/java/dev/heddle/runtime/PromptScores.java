package dev.heddle.runtime;

import java.util.Objects;

/**
 * The log-probability of each token of a prompt, given the tokens before it. The step thread writes
 * it as the prompt is computed; any thread may read it.
 */
public final class PromptScores {
  private final TokenScores scores;
  private volatile int count;

  PromptScores(int promptLength, int logprobs) {
    this.scores = new TokenScores(logprobs < 0 ? 0 : promptLength, logprobs);
  }

  /**
   * Positions scored so far: 1 to count-1 have a score, position 0 never has one. 0 as long as
   * there are none, or if none were asked for.
   */
  public int count() {
    return count;
  }

  /** Natural log of the probability of the prompt's token at {@code position} &ge; 1. */
  public float logprob(int position) {
    return scores.logprob(checked(position));
  }

  /** How many alternatives are known for the position, most likely first. */
  public int alternatives(int position) {
    return scores.alternatives(checked(position));
  }

  public int alternativeToken(int position, int rank) {
    return scores.alternativeToken(checked(position), rank);
  }

  public float alternativeLogprob(int position, int rank) {
    return scores.alternativeLogprob(checked(position), rank);
  }

  TokenScores scores() {
    return scores;
  }

  /** Step thread: positions below {@code newCount} have been set. */
  void publish(int newCount) {
    count = newCount;
  }

  private int checked(int position) {
    if (position < 1) {
      throw new IndexOutOfBoundsException("the first token of a prompt has no score");
    }
    return Objects.checkIndex(position, count);
  }
}
