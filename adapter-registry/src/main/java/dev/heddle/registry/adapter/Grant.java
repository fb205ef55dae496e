package dev.heddle.registry.adapter;

import java.time.Instant;

/**
 * Lets a tenant call an adapter.
 *
 * @param tenant the name it was granted to, whether there is such a tenant yet or not
 */
public record Grant(String tenant, Instant createdAt) {}
