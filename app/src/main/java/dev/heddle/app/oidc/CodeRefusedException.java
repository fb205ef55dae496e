package dev.heddle.app.oidc;

/** The provider does not know a code: it is too old, was used, or was never there. */
final class CodeRefusedException extends Exception {
  private static final long serialVersionUID = 1;
}
