package dev.heddle.registry;

/**
 * The author of a change, as the audit trail names it.
 *
 * @param name {@code key:PUBLIC_ID} or {@code system}
 */
public record Actor(String name) {
  /** Heddle itself: first start, recovery, collection of garbage. */
  public static final Actor SYSTEM = new Actor("system");
}
