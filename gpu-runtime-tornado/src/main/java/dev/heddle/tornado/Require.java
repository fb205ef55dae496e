package dev.heddle.tornado;

/** Checks of what callers promise about shapes. */
final class Require {
  private Require() {}

  static void that(boolean fits, String what, String otherwise) {
    if (!fits) {
      throw new IllegalArgumentException(what + " " + otherwise);
    }
  }
}
