package dev.heddle.app.api.tenants;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.usage.UsageLine;
import dev.heddle.registry.usage.UsageQuery;
import dev.heddle.registry.usage.UsageQuery.By;
import dev.heddle.registry.usage.UsageReports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * What was used, by hour, day or month: a tenant's own, or, for an operator who does not act for a
 * tenant, everybody's.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Usage")
@RequestMapping("/api/v1/usage")
final class UsageController {
  private static final String CSV = "text/csv";

  private final UsageReports reports;
  private final SnapshotSource snapshots;
  private final ServedModel served;

  UsageController(UsageReports reports, SnapshotSource snapshots, ServedModel served) {
    this.reports = reports;
    this.snapshots = snapshots;
    this.served = served;
  }

  @Operation(
      summary = "Show usage by hour, day or month.",
      description = "`text/csv` gives all of it at once, JSON gives pages.")
  @ApiResponse(responseCode = "200")
  @ApiResponse(responseCode = "404")
  @Paged
  @UsageDocumented
  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  PageView<UsageView> report(ServerWebExchange exchange) {
    UsageQuery query = query(exchange);
    Page.Request page = Paging.of(exchange);
    Page<UsageLine> lines =
        UsageParams.asksForMost(exchange.getRequest().getQueryParams())
            ? new Page<>(reports.most(query, page.limit()), null)
            : reports.page(query, page);
    return PageView.of(lines, line -> UsageView.of(line, base(query)));
  }

  @Operation(summary = "Export what was used, all of it at once.")
  @UsageDocumented
  @GetMapping(produces = CSV)
  String export(ServerWebExchange exchange) {
    UsageQuery query = query(exchange);
    return UsageCsv.of(
        reports.all(query).stream().map(line -> UsageView.of(line, base(query))).toList());
  }

  private @Nullable String base(UsageQuery query) {
    return query.by() == By.TENANT ? null : served.name();
  }

  private UsageQuery query(ServerWebExchange exchange) {
    MultiValueMap<String, String> params = exchange.getRequest().getQueryParams();
    return UsageParams.read(
        params, tenant(exchange, params.getFirst("tenant")), Caller.of(exchange).tenant());
  }

  /** Only an operator may name a tenant, and only an operator learns whether there is one. */
  private @Nullable UUID tenant(ServerWebExchange exchange, @Nullable String named) {
    Principal caller = Caller.of(exchange);
    boolean all = caller.may(Scope.ADMIN) && !Caller.isActing(exchange);
    if (named == null) {
      return all ? null : caller.tenantId();
    }
    if (!all) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS,
          "Only an operator can ask for a tenant's usage: this API key lacks the scope 'admin'.");
    }
    UUID tenant = snapshots.current().tenant(named).orElse(null);
    if (tenant == null) {
      throw new NotFoundException("tenant", named);
    }
    return tenant;
  }
}
