package dev.heddle.registry;

/**
 * The author of a change, as the audit trail names it.
 *
 * @param name {@code key:PUBLIC_ID}, {@code oidc:PERSON key:PUBLIC_ID}, or {@code system}
 */
public record Actor(String name) {
  /** Heddle itself: first start, recovery, collection of garbage. */
  public static final Actor SYSTEM = new Actor("system");

  /** Whoever holds a key. */
  public static Actor ofKey(String publicId) {
    return new Actor("key:" + publicId);
  }

  /** A person who has signed in at a provider, with the key that tells it from its namesakes. */
  public static Actor ofPerson(String person, String publicId) {
    return new Actor("oidc:" + person + " key:" + publicId);
  }
}
