package dev.heddle.app.api.tenants;

import dev.heddle.registry.access.Tenant;
import java.time.Instant;

/**
 * A tenant, for the operator.
 *
 * @param weight share of the engine against other tenants that want it too
 * @param revision grows with every change; the answer's entity tag
 */
record TenantView(String name, int weight, LimitsView limits, long revision, Instant createdAt) {
  static TenantView of(Tenant tenant) {
    return new TenantView(
        tenant.name(),
        tenant.limits().weight(),
        LimitsView.of(tenant.limits()),
        tenant.revision(),
        tenant.createdAt());
  }
}
