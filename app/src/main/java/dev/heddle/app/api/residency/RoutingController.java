package dev.heddle.app.api.residency;

import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.experts.RoutingStats;
import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Where the routers send tokens: whether an adapter's tuned experts fire on its traffic. */
@RestController
@Tag(name = "Residency")
final class RoutingController {
  private final Versions versions;
  private final InferenceRuntime runtime;
  private final ServedModel served;
  private final BaseModel base;

  RoutingController(
      Versions versions, InferenceRuntime runtime, ServedModel served, BaseModel base) {
    this.versions = versions;
    this.runtime = runtime;
    this.served = served;
    this.base = base;
  }

  @Operation(
      summary =
          "Show how many tokens the routers sent to each expert since a version was loaded; 409"
              + " while it is not resident.")
  @Requires(Scope.ADAPTERS)
  @GetMapping("/api/v1/adapters/{name}/versions/{number}/routing")
  RoutingView routing(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version =
        versions.get(Caller.of(exchange).tenantId(), name, number).require(VersionState.READY);
    Digest digest = version.readyDigest();
    RoutingStats stats = runtime.routing(digest);
    if (stats == null) {
      throw new ConflictException("version-not-resident", version.label() + " is not resident");
    }
    return RoutingView.of(version.label(), digest.qualified(), stats);
  }

  @Operation(summary = "Show how many tokens of the base model itself were sent to each expert.")
  @Requires(Scope.ADMIN)
  @GetMapping("/api/v1/routing")
  RoutingView baseRouting() {
    return RoutingView.of(served.name(), base.digest().qualified(), runtime.baseRouting());
  }
}
