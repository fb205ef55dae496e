package dev.heddle.app.api.replicas;

import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.replica.Replicas;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Who shares the database, for operators and for gateways that choose a replica themselves. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Residency")
final class ReplicasController {
  private final Replicas replicas;

  ReplicasController(Replicas replicas) {
    this.replicas = replicas;
  }

  /** From memory: never waits. */
  @Operation(summary = "Show the live replicas, what they hold and what they have to do.")
  @GetMapping("/api/v1/replicas")
  Mono<ReplicasView> replicas() {
    return Mono.just(ReplicasView.of(replicas.self().replica(), replicas.live()));
  }
}
