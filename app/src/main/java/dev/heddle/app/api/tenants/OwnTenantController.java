package dev.heddle.app.api.tenants;

import dev.heddle.app.api.tenants.OwnTenantView.ConsumptionView;
import dev.heddle.app.quota.Consumption;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.TenantCounts;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.upload.Storage;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** A tenant's own view of itself. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Tenants")
final class OwnTenantController {
  private final Tenants tenants;
  private final Storage storage;
  private final QuotaGate gate;

  OwnTenantController(Tenants tenants, Storage storage, QuotaGate gate) {
    this.tenants = tenants;
    this.storage = storage;
    this.gate = gate;
  }

  @Operation(summary = "Show the caller's tenant, its limits, and what counts against them now.")
  @GetMapping("/api/v1/tenant")
  OwnTenantView get(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Consumption used = Objects.requireNonNull(gate.latest(caller.tenantId()).block());
    TenantCounts counts = tenants.counts(caller.tenantId());
    return new OwnTenantView(
        caller.tenant(),
        LimitsView.of(tenants.get(caller.tenant()).limits()),
        ConsumptionView.of(used, storage.used(caller.tenantId()).total()),
        counts.adapters(),
        counts.keys());
  }
}
