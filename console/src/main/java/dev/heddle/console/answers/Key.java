package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key, but for its text. */
public record Key(
    String id,
    String label,
    @Nullable String person,
    List<String> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {}
