package dev.heddle.console.answers;

import java.time.Instant;

/** A tenant that may call an adapter. */
public record Grant(String tenant, Instant createdAt) {}
