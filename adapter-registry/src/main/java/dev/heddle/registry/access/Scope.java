package dev.heddle.registry.access;

import java.util.Locale;

/** What a key may be used for. */
public enum Scope {
  /** Call models. */
  INFERENCE,
  /** Manage the tenant's own adapters, names, grants and keys; read its usage and audit trail. */
  ADAPTERS,
  /** Operate the platform: all of the management API, for every tenant. */
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
