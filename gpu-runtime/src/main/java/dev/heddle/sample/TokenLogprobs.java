package dev.heddle.sample;

/**
 * Log-probabilities of one token and of the most likely ones; reused, written by {@link Sampler}.
 */
public final class TokenLogprobs {
  float logprob;
  int count;

  /** The first {@link #count} are used: most likely first, ties by lower id. */
  final int[] tokens;

  final float[] logprobs;

  /**
   * @param maxAlternatives most alternatives that can be asked for
   */
  public TokenLogprobs(int maxAlternatives) {
    tokens = new int[maxAlternatives];
    logprobs = new float[maxAlternatives];
  }

  /** Natural log of the token's probability in the raw distribution; negative infinity for 0. */
  public float logprob() {
    return logprob;
  }

  /** How many alternatives there are. */
  public int alternatives() {
    return count;
  }

  /** Ids of the most likely tokens, in falling order; valid below {@link #alternatives}. */
  public int[] alternativeTokens() {
    return tokens;
  }

  /** Their log-probabilities. */
  public float[] alternativeLogprobs() {
    return logprobs;
  }
}
