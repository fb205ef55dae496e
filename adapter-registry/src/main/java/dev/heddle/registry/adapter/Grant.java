package dev.heddle.registry.adapter;

import java.time.Instant;

/**
 * Lets a tenant call an adapter.
 *
 * @param tenant the name it was granted to, which need not be a tenant's yet
 */
public record Grant(String tenant, Instant createdAt) {}
