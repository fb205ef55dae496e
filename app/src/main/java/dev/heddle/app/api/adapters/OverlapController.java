package dev.heddle.app.api.adapters;

import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Overlaps;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Which experts a version has in common with the other adapters of its tenant. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
final class OverlapController {
  /** Enough for a matrix that people can read. */
  private static final int OTHERS_MAX = 50;

  private final Versions versions;
  private final Overlaps overlaps;

  OverlapController(Versions versions, Overlaps overlaps) {
    this.versions = versions;
    this.overlaps = overlaps;
  }

  @Operation(
      summary =
          "Show how many experts a version shares, by digest, with the caller's other adapters,"
              + " and these among each other.",
      description =
          "Each adapter is shown by the version that its name refers to with the largest weight,"
              + " else by its latest ready one. Adapters that share nothing are left out.")
  @GetMapping("/api/v1/adapters/{name}/versions/{number}/overlap")
  OverlapView overlap(
      @PathVariable String name,
      @PathVariable int number,
      @Parameter(description = "Most other adapters to show, 1 to " + OTHERS_MAX + ".")
          @RequestParam(defaultValue = "11")
          int most,
      ServerWebExchange exchange) {
    if (most < 1 || most > OTHERS_MAX) {
      throw new InvalidException("out-of-range", "most", "is not in 1.." + OTHERS_MAX);
    }
    Version version =
        versions.get(Caller.of(exchange).tenantId(), name, number).require(VersionState.READY);
    return OverlapView.of(overlaps.of(version, most));
  }
}
