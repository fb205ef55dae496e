package dev.heddle.app.api.tenants;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.audit.AuditFilter;
import dev.heddle.registry.audit.AuditLog;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** The audit trail: a tenant's own part, or for the operator all of it. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Audit")
final class AuditController {
  private final AuditLog audit;
  private final Tenants tenants;

  AuditController(AuditLog audit, Tenants tenants) {
    this.audit = audit;
    this.tenants = tenants;
  }

  @Operation(
      summary =
          "List changes, the latest first. A tenant sees its own. An operator who acts for"
              + " no tenant sees those of all tenants and of the platform.")
  @Paged
  @GetMapping("/api/v1/audit")
  PageView<AuditEntryView> list(
      @RequestParam(required = false) @Nullable String tenant,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable String subject,
      @RequestParam(required = false) @Nullable String since,
      ServerWebExchange exchange) {
    AuditFilter filter = new AuditFilter(concerned(exchange, tenant), action, subject, time(since));
    return PageView.of(audit.list(filter, Paging.of(exchange)), AuditEntryView::of);
  }

  /** Only an operator asks for another tenant, or learns whether there is one of the name. */
  private @Nullable UUID concerned(ServerWebExchange exchange, @Nullable String tenant) {
    Principal caller = Caller.of(exchange);
    boolean seesAll = caller.may(Scope.ADMIN) && !Caller.isActing(exchange);
    if (tenant == null) {
      return seesAll ? null : caller.tenantId();
    }
    if (tenant.equals(caller.tenant())) {
      return caller.tenantId();
    }
    if (!seesAll) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS,
          "Only an operator reads another tenant's trail: this API key lacks the scope 'admin'.");
    }
    return tenants.get(tenant).id();
  }

  private static @Nullable Instant time(@Nullable String since) {
    try {
      return since == null ? null : Instant.parse(since);
    } catch (DateTimeParseException e) {
      throw new InvalidException("since", "since", "is not a time such as 2030-01-31T12:00:00Z");
    }
  }
}
