package dev.heddle.registry.access;

import java.util.Locale;

/** What a key may be used for. */
public enum Scope {
  /** Call models. */
  INFERENCE,
  /** Upload, publish and archive the tenant's adapters. */
  ADAPTERS,
  /** Everything else: tenants, keys, grants. */
  ADMIN;

  /** As written in the API and the database. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #text}. */
  public static Scope of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
