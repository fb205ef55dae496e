package dev.heddle.app.api.tenants;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.Names;
import dev.heddle.registry.access.TenantLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A tenant to create.
 *
 * @param weight share of the engine against other tenants that want it too, 1 if absent
 * @param limits none if absent
 */
record NewTenant(
    @Schema(pattern = "[a-z0-9][a-z0-9._-]{0,62}") String name,
    @Schema(minimum = "1", maximum = "1000") @Nullable Integer weight,
    @Nullable LimitsChange limits) {
  static NewTenant read(Fields fields) {
    fields.allowOnly("name", "weight", "limits");
    String name = fields.requiredString("name");
    if (!name.isEmpty() && !Names.isValid(name)) {
      fields.fault(
          "name",
          "must have 1 to 63 characters a-z, 0-9, '.', '_', '-' and start with a letter or digit");
    }
    TenantChange change = TenantChange.share(fields);
    return new NewTenant(name, change.weight(), change.limits());
  }

  TenantLimits tenantLimits() {
    return new TenantChange(weight, limits).apply(TenantLimits.NONE);
  }
}
