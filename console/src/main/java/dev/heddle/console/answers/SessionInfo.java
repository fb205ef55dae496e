package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who looks, and what it may do. */
public record SessionInfo(
    String keyId,
    @Nullable String person,
    String tenant,
    List<String> scopes,
    @Nullable Instant endsAt,
    @Nullable String csrfToken) {}
