package dev.heddle.console;

/** The browser has no session, or its key is no longer good. */
final class SignedOutException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SignedOutException() {
    super("sign in first", null, false, false);
  }
}
