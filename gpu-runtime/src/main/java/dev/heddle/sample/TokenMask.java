package dev.heddle.sample;

/**
 * The tokens that a grammar allows next. The mask of one choice is moved on with each of its
 * tokens; the sampler only reads it. Step thread.
 */
@FunctionalInterface
public interface TokenMask {
  /**
   * One bit for each token, bit {@code t % 64} of word {@code t / 64}; 1 allows it. Words beyond
   * the array's end count as 0. At least one token must be allowed. Not kept beyond the call that
   * asked for it.
   */
  long[] allowed();

  /**
   * The token was drawn: what is asked next is asked of the place after it. What {@link #allowed}
   * needs may be computed elsewhere from now on, while the model computes the next logits.
   */
  default void accept(int token) {}

  /** Whether the answer is whole and nothing may follow: it ends without an end token. */
  default boolean ended() {
    return false;
  }

  /** A mask at the same place, for another choice. Any thread, while nobody moves this one on. */
  default TokenMask copy() {
    return this;
  }
}
