package dev.heddle.ops.vector;

/** Checks of arguments, outside the loops; they build no message unless it is needed. */
final class Require {
  private Require() {}

  static void that(boolean holds, String subject, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(subject + " " + otherwise);
    }
  }
}
