package dev.heddle.registry;

import org.jspecify.annotations.Nullable;

/** A change names a revision that is not the present one: another change came first. */
public final class PreconditionException extends RegistryException {
  public PreconditionException(String message) {
    super("precondition-failed", message);
  }

  /**
   * Compares the revision a change was made for with the present one.
   *
   * @param what for the message, e.g. {@code adapter 'intent'}
   * @param expected null if any will do
   * @throws PreconditionException if they differ
   */
  public static void require(String what, @Nullable Long expected, long actual) {
    if (expected != null && expected != actual) {
      throw new PreconditionException(what + " is at revision " + actual + ", not the stated one");
    }
  }
}
