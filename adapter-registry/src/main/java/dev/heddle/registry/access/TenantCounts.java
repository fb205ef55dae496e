package dev.heddle.registry.access;

/**
 * How much a tenant has.
 *
 * @param adapters not archived
 * @param keys neither revoked nor expired
 */
public record TenantCounts(long adapters, long keys) {}
