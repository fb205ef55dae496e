package dev.heddle.app.api.tenants;

import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key, but for its text.
 *
 * @param person who acts by it after a sign-in at a provider, null for a key that has a text
 * @param lastUsedAt to the minute or so, null if it never was
 */
record KeyView(
    String id,
    String label,
    @Nullable String person,
    List<String> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {
  static KeyView of(ApiKey key) {
    return new KeyView(
        key.publicId(),
        key.label(),
        key.person(),
        key.scopes().stream().map(Scope::text).sorted().toList(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt(),
        key.lastUsedAt());
  }
}
