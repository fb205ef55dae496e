package dev.heddle.app.oidc;

/** An id token that says nothing, whoever sent it. */
final class BadTokenException extends Exception {
  private static final long serialVersionUID = 1;

  BadTokenException(String message) {
    super(message);
  }
}
