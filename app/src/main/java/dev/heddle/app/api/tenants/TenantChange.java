package dev.heddle.app.api.tenants;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.access.TenantLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a tenant; what is absent stays.
 *
 * @param weight share of the engine against other tenants that want it too
 */
record TenantChange(
    @Schema(minimum = "1", maximum = "1000") @Nullable Integer weight,
    @Nullable LimitsChange limits) {
  static TenantChange read(Fields fields) {
    fields.allowOnly("weight", "limits");
    return share(fields);
  }

  static TenantChange share(Fields fields) {
    Fields limits = fields.object("limits");
    return new TenantChange(
        fields.integer("weight", 1, TenantLimits.WEIGHT_MAX),
        limits == null ? null : LimitsChange.read(limits));
  }

  TenantLimits apply(TenantLimits before) {
    TenantLimits limits = limits() == null ? before : limits().apply(before);
    return new TenantLimits(
        weight == null ? before.weight() : weight,
        limits.requestsPerMinute(),
        limits.tokensPerMinute(),
        limits.concurrentSequences(),
        limits.storedBytes(),
        limits.residentSlots());
  }
}
