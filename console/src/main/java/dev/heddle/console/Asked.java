package dev.heddle.console;

/** A question to the API that is on its way. */
@FunctionalInterface
interface Asked<T> {
  /**
   * Waits for the answer.
   *
   * @throws Refusal what the API answers unless it is 200
   * @throws SignedOutException if it does not know the viewer any more
   */
  T answer();
}
