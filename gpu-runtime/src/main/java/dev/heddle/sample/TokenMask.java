package dev.heddle.sample;

/**
 * The tokens that a grammar allows next. The mask's owner advances it with each token of its
 * sequence; the sampler only reads it.
 */
@FunctionalInterface
public interface TokenMask {
  /**
   * One bit for each token, bit {@code t % 64} of word {@code t / 64}; 1 allows it. Words beyond
   * the array's end count as 0. At least one token must be allowed. Not kept beyond the call that
   * asked for it. Step thread.
   */
  long[] allowed();
}
