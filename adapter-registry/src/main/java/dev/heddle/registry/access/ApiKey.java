package dev.heddle.registry.access;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key without its secret.
 *
 * @param person who acts by it after a sign-in at a provider; null for a key that has a text
 * @param lastUsedAt to the minute or so; null if it never was
 */
public record ApiKey(
    UUID id,
    UUID tenantId,
    String publicId,
    String label,
    @Nullable String person,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {
  public ApiKey {
    scopes = Set.copyOf(scopes);
  }

  /**
   * A key just made.
   *
   * @param text what its holder uses; cannot be had a second time
   */
  public record Issued(ApiKey key, String text) {
    @Override
    public String toString() {
      return key.toString(); // never the text
    }
  }
}
