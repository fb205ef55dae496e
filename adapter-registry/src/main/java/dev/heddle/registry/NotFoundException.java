package dev.heddle.registry;

/** There is no such thing, or the caller may not know that there is. */
public final class NotFoundException extends RegistryException {
  /**
   * @param noun what was looked for, e.g. {@code adapter}; the code is {@code NOUN-not-found}
   */
  public NotFoundException(String noun, String which) {
    super(noun + "-not-found", "there is no " + noun + " '" + which + "'");
  }
}
