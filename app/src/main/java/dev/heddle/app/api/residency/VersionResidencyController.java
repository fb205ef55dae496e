package dev.heddle.app.api.residency;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.residency.AdapterActivator;
import dev.heddle.app.residency.LoadLimits;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.residency.Pins;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * Brings a version into the slots, out of them, and keeps it there. What changes what others get is
 * the operator's: it needs the scope admin.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Residency")
@RequestMapping("/api/v1/adapters/{name}/versions")
final class VersionResidencyController {
  private static final int UNLOAD_SECONDS_MAX = 120;

  /** The engine ends every wait by itself; this is for the case that it does not. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Versions versions;
  private final Pins pins;
  private final VersionResidency residency;
  private final AdapterActivator activator;
  private final LoadLimits limits;
  private final InferenceRuntime runtime;
  private final Duration loadWait;

  VersionResidencyController(
      Versions versions,
      Pins pins,
      VersionResidency residency,
      AdapterActivator activator,
      LoadLimits limits,
      InferenceRuntime runtime,
      HeddleProperties properties) {
    this.versions = versions;
    this.pins = pins;
    this.residency = residency;
    this.activator = activator;
    this.limits = limits;
    this.runtime = runtime;
    this.loadWait = properties.serving().loadWait();
  }

  @Operation(summary = "Start to load a version before its first request.")
  @ApiResponse(responseCode = "202")
  @PostMapping("/{number}:prefetch")
  ResponseEntity<VersionResidencyView> prefetch(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = ready(name, number, exchange);
    limits.require(version);
    activator.prefetch(version.readyDigest());
    return ResponseEntity.accepted().body(view(version));
  }

  @Operation(
      summary =
          "Load a version and wait until it is resident. 503 if that takes longer than the"
              + " load wait.")
  @PostMapping("/{number}:load")
  VersionResidencyView load(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = ready(name, number, exchange);
    limits.require(version);
    if (!Waits.within(loadWait.plus(GRACE), runtime.prefetch(version.readyDigest()))) {
      throw new ApiException(
          ErrorCode.ADAPTER_UNAVAILABLE, version.label() + " could not be made resident in time.");
    }
    return view(version);
  }

  @Operation(
      summary =
          "Unload a version as soon as no request uses it. 202 if that takes longer than"
              + " wait_seconds. 409 while anybody has it pinned.")
  @ApiResponse(responseCode = "200")
  @ApiResponse(responseCode = "202")
  @PostMapping("/{number}:unload")
  ResponseEntity<VersionResidencyView> unload(
      @PathVariable String name,
      @PathVariable int number,
      @RequestParam(name = "wait_seconds", defaultValue = "30") int waitSeconds,
      ServerWebExchange exchange) {
    requireAdmin(exchange);
    if (waitSeconds < 0 || waitSeconds > UNLOAD_SECONDS_MAX) {
      throw new InvalidException("out-of-range", "wait_seconds", "is not 0 to 120");
    }
    Version version = ready(name, number, exchange);
    if (pins.digests().contains(version.readyDigest())) {
      throw new ConflictException(
          "version-pinned", version.label() + " is pinned, or shares its experts with one that is");
    }
    boolean left =
        Waits.within(Duration.ofSeconds(waitSeconds), runtime.unload(version.readyDigest()));
    return ResponseEntity.status(left ? HttpStatus.OK : HttpStatus.ACCEPTED).body(view(version));
  }

  @Operation(
      summary = "Load a version and keep it resident, also over restarts, until it is unpinned.")
  @PostMapping("/{number}:pin")
  VersionResidencyView pin(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = requireAdmin(exchange);
    Version version = ready(name, number, exchange);
    pins.pin(caller.actor(), version);
    return view(version);
  }

  @Operation(summary = "Unpin a version. It can be evicted again when slots are needed.")
  @PostMapping("/{number}:unpin")
  VersionResidencyView unpin(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = requireAdmin(exchange);
    Version version = ready(name, number, exchange);
    pins.unpin(caller.actor(), version);
    return view(version);
  }

  private static Principal requireAdmin(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    if (!caller.may(Scope.ADMIN)) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS, "This API key lacks the scope 'admin'.");
    }
    return caller;
  }

  private Version ready(String name, int number, ServerWebExchange exchange) {
    return versions.get(Caller.of(exchange).tenantId(), name, number).require(VersionState.READY);
  }

  private VersionResidencyView view(Version version) {
    return new VersionResidencyView(
        version.label(), version.readyDigest().qualified(), residency.of(version));
  }
}
