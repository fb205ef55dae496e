package dev.heddle.registry.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An owner of adapters and keys. Tenants do not see each other.
 *
 * @param revision grows with every change
 * @param disabledAt since when its keys and sessions open nothing; null if they do
 */
public record Tenant(
    UUID id,
    String name,
    TenantLimits limits,
    long revision,
    Instant createdAt,
    @Nullable Instant disabledAt) {
  /** The name of the tenant that exists from the first start. */
  public static final String DEFAULT = "default";
}
