package dev.heddle.registry;

/** The registry refuses or cannot do what was asked; nothing was changed. */
public abstract sealed class RegistryException extends RuntimeException
    permits NotFoundException,
        ConflictException,
        PreconditionException,
        InvalidException,
        QuotaExceededException,
        ElsewhereException,
        UnavailableException {
  private final String code;

  RegistryException(String code, String message) {
    super(message);
    this.code = code;
  }

  RegistryException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Stable kebab-case name of what is wrong. */
  public final String code() {
    return code;
  }
}
