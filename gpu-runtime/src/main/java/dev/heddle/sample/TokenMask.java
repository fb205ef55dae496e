package dev.heddle.sample;

/**
 * The tokens that a grammar allows next. The mask of one choice is moved on with each of its
 * tokens; the sampler only reads it. Step thread.
 */
@FunctionalInterface
public interface TokenMask {
  /**
   * One bit for each token, bit {@code t % 64} of word {@code t / 64}; 1 allows it. Words beyond
   * the array's end count as 0. Where no token is allowed the request fails ({@link
   * DeadEndException}). Not kept beyond the call that asked for it.
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

  /**
   * The only token that {@link #allowed} allows, -1 if there are several or it would take time to
   * know. It is taken without a draw: the same token, in fewer steps.
   */
  default int forced() {
    return -1;
  }

  /** A mask at the same place, for another choice. Any thread, while nobody moves this one on. */
  default TokenMask copy() {
    return this;
  }
}
