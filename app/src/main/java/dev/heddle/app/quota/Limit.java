package dev.heddle.app.quota;

import java.util.Locale;

/** A limit that can refuse a request. */
public enum Limit {
  REQUESTS_PER_MINUTE,
  TOKENS_PER_MINUTE,
  CONCURRENT_SEQUENCES,
  RESIDENT_SLOTS;

  /** As clients and metrics see it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
