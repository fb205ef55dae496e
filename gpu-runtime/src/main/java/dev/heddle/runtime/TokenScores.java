package dev.heddle.runtime;

/**
 * Log-probabilities of a run of tokens and of the most likely alternatives at each place, in arrays
 * of fixed capacity. Written by the step thread; who publishes a count publishes what lies below.
 */
final class TokenScores {
  private final float[] logprobs;
  private final int width;
  private final int[] alternatives;
  private final int[] alternativeTokens;
  private final float[] alternativeLogprobs;

  /**
   * @param width alternatives kept for each token, -1 to keep nothing at all
   */
  TokenScores(int capacity, int width) {
    int kept = Math.max(width, 0);
    this.width = width;
    this.logprobs = new float[width < 0 ? 0 : capacity];
    this.alternatives = new int[kept == 0 ? 0 : capacity];
    this.alternativeTokens = new int[capacity * kept];
    this.alternativeLogprobs = new float[capacity * kept];
  }

  /** Alternatives kept for each token, -1 if no scores are kept. */
  int width() {
    return width;
  }

  /** Whether there is anything to {@link #set}. */
  boolean wanted() {
    return width >= 0;
  }

  void set(int index, float logprob, int count, int[] tokens, float[] values) {
    logprobs[index] = logprob;
    if (width > 0) {
      alternatives[index] = count;
      System.arraycopy(tokens, 0, alternativeTokens, index * width, count);
      System.arraycopy(values, 0, alternativeLogprobs, index * width, count);
    }
  }

  float logprob(int index) {
    if (!wanted()) {
      throw new IllegalStateException("the request asked for no logprobs");
    }
    return logprobs[index];
  }

  int alternatives(int index) {
    return width > 0 ? alternatives[index] : 0;
  }

  int alternativeToken(int index, int rank) {
    return alternativeTokens[place(index, rank)];
  }

  float alternativeLogprob(int index, int rank) {
    return alternativeLogprobs[place(index, rank)];
  }

  private int place(int index, int rank) {
    if (rank < 0 || rank >= alternatives(index)) {
      throw new IndexOutOfBoundsException(rank);
    }
    return index * width + rank;
  }
}
