package dev.heddle.ops.reference;

/** Checks of what callers promise about shapes. */
final class Shapes {
  private Shapes() {}

  static void require(boolean fits, String otherwise) {
    if (!fits) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
