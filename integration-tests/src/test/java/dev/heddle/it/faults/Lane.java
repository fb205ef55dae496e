package dev.heddle.it.faults;

/**
 * One client's doings, and a book of what was acknowledged. A step is short, may fail while
 * something is broken, and is tried again then. One thread at a time.
 */
interface Lane {
  /** Does the next thing; what must not be is an offence of the client's. */
  void step() throws Exception;

  /** Nothing is broken: asserts that all that was acknowledged holds. */
  void check() throws Exception;
}
