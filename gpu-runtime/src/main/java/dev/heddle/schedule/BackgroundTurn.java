package dev.heddle.schedule;

/**
 * When background sequences are computed: in every step that has nothing else to compute, and else
 * in one of {@value #EVERY}. A step full of prompt tokens takes longer than others, so they come in
 * fewer than 1 % of the steps: then the 99th percentile of the time between two tokens of an answer
 * is at most what the 99.8th is without them. Step thread only.
 */
final class BackgroundTurn {
  static final int EVERY = 128;

  private int passed;

  /**
   * Whether it is their turn; asked once in each step in which there are any.
   *
   * @param others tokens of others in the step
   */
  boolean comes(int others) {
    passed++;
    if (others > 0 && passed < EVERY) {
      return false;
    }
    passed = 0;
    return true;
  }
}
