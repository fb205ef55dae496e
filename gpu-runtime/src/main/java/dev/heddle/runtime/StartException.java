package dev.heddle.runtime;

/**
 * The runtime cannot start as it is configured, on this machine or with this build; the message
 * tells an operator what is missing.
 */
public final class StartException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  StartException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }
}
