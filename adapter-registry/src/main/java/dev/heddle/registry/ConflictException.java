package dev.heddle.registry;

/**
 * The present state does not allow it: a name is taken, a version is published, somebody else was
 * first.
 */
public final class ConflictException extends RegistryException {
  public ConflictException(String code, String message) {
    super(code, message);
  }
}
