package dev.heddle.app.api.tenants;

import dev.heddle.registry.access.Tenant;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant, for the operator.
 *
 * @param weight share of the engine against other tenants that want it too
 * @param disabledAt since when its keys and sessions open nothing, null if they do
 * @param revision grows with every change; the answer's entity tag
 */
record TenantView(
    String name,
    int weight,
    LimitsView limits,
    @Nullable Instant disabledAt,
    long revision,
    Instant createdAt) {
  static TenantView of(Tenant tenant) {
    return new TenantView(
        tenant.name(),
        tenant.limits().weight(),
        LimitsView.of(tenant.limits()),
        tenant.disabledAt(),
        tenant.revision(),
        tenant.createdAt());
  }
}
