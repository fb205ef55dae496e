package dev.heddle.console.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A tenant as the operator sees it. */
public record Tenant(
    String name,
    int weight,
    Limits limits,
    @Nullable Instant disabledAt,
    long revision,
    Instant createdAt) {}
