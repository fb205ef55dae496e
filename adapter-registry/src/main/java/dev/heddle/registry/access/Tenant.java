package dev.heddle.registry.access;

import java.time.Instant;
import java.util.UUID;

/**
 * An owner of adapters and keys. Tenants do not see each other.
 *
 * @param revision grows with every change
 */
public record Tenant(UUID id, String name, TenantLimits limits, long revision, Instant createdAt) {
  /** The name of the tenant that exists from the first start. */
  public static final String DEFAULT = "default";
}
