package dev.heddle.console.answers;

import java.time.Instant;

/** A tenant as the operator sees it. */
public record Tenant(String name, int weight, Limits limits, long revision, Instant createdAt) {}
