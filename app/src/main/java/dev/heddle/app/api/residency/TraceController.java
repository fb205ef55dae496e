package dev.heddle.app.api.residency;

import dev.heddle.app.residency.LoadLimits;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Which tokens of a text meet a version's tuned experts. Methods block until it is computed. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Residency")
final class TraceController {
  private static final Duration WAIT = Duration.ofMinutes(2);

  private final Versions versions;
  private final InferenceRuntime runtime;
  private final LoadLimits limits;

  TraceController(Versions versions, InferenceRuntime runtime, LoadLimits limits) {
    this.versions = versions;
    this.runtime = runtime;
    this.limits = limits;
  }

  @Operation(
      summary =
          "Show for each token of a text in which layers it meets the version's tuned experts.",
      description =
          "The text is computed in the background, after everything that clients wait for, as it"
              + " would be in an answer: the ids of a prompt with its answer's give what the answer"
              + " met. 409 where the engine's backend cannot tell.")
  @PostMapping(
      path = "/api/v1/adapters/{name}/versions/{number}:trace",
      consumes = MediaType.APPLICATION_JSON_VALUE)
  TraceView trace(
      @PathVariable String name,
      @PathVariable int number,
      @RequestBody NewTrace body,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version = versions.get(caller.tenantId(), name, number).require(VersionState.READY);
    if (!runtime.showsRouting()) {
      throw new ConflictException(
          "backend-cannot-trace",
          "the backend " + runtime.backend() + " does not show what routers decide");
    }
    limits.require(version);
    Digest digest = version.readyDigest();
    int[] ids = body.ids();
    GenerationRequest request =
        GenerationRequest.trace(
            "trace-" + UUID.randomUUID(), caller.tenantId().toString(), digest, ids);
    return TraceView.of(
        version.label(),
        ids.length,
        TracedText.compute(runtime, request, WAIT),
        versions.experts(version.id()),
        runtime.shape());
  }
}
