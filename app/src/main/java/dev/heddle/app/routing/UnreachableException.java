package dev.heddle.app.routing;

/** Another replica did not take a request: nothing was begun there, and it may be served here. */
public final class UnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }

  UnreachableException(String message) {
    super(message);
  }
}
