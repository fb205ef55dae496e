package dev.heddle.registry.adapter;

import java.util.Locale;

/** Which tenants beside the owner may call an adapter. */
public enum Visibility {
  /** Nobody. */
  PRIVATE,
  /** The tenants that have a grant. */
  GRANTED,
  /** Every tenant. */
  PUBLIC;

  /** As clients and the database name it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if it names none
   */
  public static Visibility of(String text) {
    for (Visibility visibility : values()) {
      if (visibility.text().equals(text)) {
        return visibility;
      }
    }
    throw new IllegalArgumentException(text);
  }
}
