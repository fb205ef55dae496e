package dev.heddle.app.api.tenants;

import dev.heddle.app.api.ETags;
import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** All tenants, for the operator. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Tenants")
@RequestMapping("/api/v1/tenants")
final class TenantsController {
  private final Tenants tenants;

  TenantsController(Tenants tenants) {
    this.tenants = tenants;
  }

  @Operation(summary = "Create a tenant.")
  @ApiResponse(responseCode = "201")
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TenantView> create(@RequestBody NewTenant tenant, ServerWebExchange exchange) {
    Tenant created =
        tenants.create(Caller.of(exchange).actor(), tenant.name(), tenant.tenantLimits());
    return ResponseEntity.created(URI.create("/api/v1/tenants/" + created.name()))
        .eTag(ETags.of(created.revision()))
        .body(TenantView.of(created));
  }

  @Operation(summary = "List the tenants, by name.")
  @Paged
  @GetMapping
  PageView<TenantView> list(ServerWebExchange exchange) {
    return PageView.of(tenants.list(Paging.of(exchange)), TenantView::of);
  }

  @Operation(summary = "Show a tenant.")
  @GetMapping("/{name}")
  ResponseEntity<TenantView> get(@PathVariable String name) {
    Tenant tenant = tenants.get(name);
    return ETags.ok(tenant.revision(), TenantView.of(tenant));
  }

  @Operation(
      summary =
          "Change a tenant's weight and limits. Absent fields stay as they are. Null"
              + " removes a limit.")
  @PatchMapping(path = "/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TenantView> update(
      @PathVariable String name, @RequestBody TenantChange change, ServerWebExchange exchange) {
    Tenant tenant =
        tenants.update(Caller.of(exchange).actor(), name, change::apply, ETags.expected(exchange));
    return ETags.ok(tenant.revision(), TenantView.of(tenant));
  }

  @Operation(
      summary =
          "Disable a tenant: its keys and sessions are refused from the next request on. What it"
              + " has stays.")
  @PostMapping("/{name}:disable")
  ResponseEntity<TenantView> disable(@PathVariable String name, ServerWebExchange exchange) {
    Tenant tenant = tenants.disable(Caller.of(exchange).actor(), name);
    return ETags.ok(tenant.revision(), TenantView.of(tenant));
  }

  @Operation(summary = "Enable a tenant that was disabled.")
  @PostMapping("/{name}:enable")
  ResponseEntity<TenantView> enable(@PathVariable String name, ServerWebExchange exchange) {
    Tenant tenant = tenants.enable(Caller.of(exchange).actor(), name);
    return ETags.ok(tenant.revision(), TenantView.of(tenant));
  }
}
