package dev.heddle.registry.access;

import java.time.Instant;
import java.util.UUID;

/**
 * Whoever owns adapters and keys; sees nothing of the others.
 *
 * @param revision grows with every change
 */
public record Tenant(UUID id, String name, TenantLimits limits, long revision, Instant createdAt) {
  /** The name of the tenant that exists from the first start. */
  public static final String DEFAULT = "default";
}
