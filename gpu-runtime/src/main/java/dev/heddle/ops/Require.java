package dev.heddle.ops;

/** Checks of a backend's arguments, outside its loops. No message is built unless one fails. */
public final class Require {
  private Require() {}

  /**
   * @throws IllegalArgumentException saying {@code subject otherwise}, unless it holds
   */
  public static void that(boolean holds, String subject, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(subject + " " + otherwise);
    }
  }
}
