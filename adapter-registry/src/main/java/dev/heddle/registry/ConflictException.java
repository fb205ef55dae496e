package dev.heddle.registry;

/**
 * The present state does not allow the change: a name is taken, a version is published, or another
 * change came first.
 */
public final class ConflictException extends RegistryException {
  public ConflictException(String code, String message) {
    super(code, message);
  }
}
