package dev.heddle.app.api.adapters;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Grants;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * Which tenants may call the caller's adapters. Nothing here tells which tenants there are: any
 * name is granted, and the grant takes effect when there is such a tenant.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters/{name}/grants")
final class GrantsController {
  private final Grants grants;

  GrantsController(Grants grants) {
    this.grants = grants;
  }

  @Operation(summary = "List the tenants an adapter is granted to, by name.")
  @Paged
  @GetMapping
  PageView<GrantView> list(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(grants.list(caller.tenantId(), name, Paging.of(exchange)), GrantView::of);
  }

  @Operation(
      summary =
          "Grant an adapter to a tenant, who calls it as OWNER/NAME. A grant to an unknown"
              + " tenant is stored and becomes active when that tenant is created. A private"
              + " adapter's visibility becomes granted.")
  @PutMapping("/{tenant}")
  GrantView put(
      @PathVariable String name, @PathVariable String tenant, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return GrantView.of(grants.grant(caller.actor(), caller.tenantId(), name, tenant));
  }

  @Operation(summary = "Revoke a grant. If there is none, nothing changes.")
  @DeleteMapping("/{tenant}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable String name, @PathVariable String tenant, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    grants.revoke(caller.actor(), caller.tenantId(), name, tenant);
  }
}
