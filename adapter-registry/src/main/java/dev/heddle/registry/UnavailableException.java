package dev.heddle.registry;

/** The database or the disk cannot be used now; trying again later may work. */
public final class UnavailableException extends RegistryException {
  public UnavailableException(String message, Throwable cause) {
    super("database-unavailable", message, cause);
  }
}
