package dev.heddle.app.api.residency;

import dev.heddle.app.api.residency.StatusView.DeviceView;
import dev.heddle.app.api.residency.StatusView.DiskView;
import dev.heddle.app.api.residency.StatusView.EngineResidencyView;
import dev.heddle.app.api.residency.StatusView.ModelView;
import dev.heddle.app.api.residency.StatusView.PlanView;
import dev.heddle.app.api.residency.StatusView.RuntimeView;
import dev.heddle.app.api.residency.StatusView.StoreView;
import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.store.HostCache;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.file.Path;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The memory plan, what the engine does, what is resident. */
@RestController
@Requires(Scope.ADMIN)
@Tag(name = "Residency")
final class StatusController {
  private final InferenceRuntime runtime;
  private final ServedModel served;
  private final BaseModel base;
  private final HostCache hostCache;
  private final GarbageCollector garbage;
  private final Path data;

  StatusController(
      InferenceRuntime runtime,
      ServedModel served,
      BaseModel base,
      HostCache hostCache,
      GarbageCollector garbage,
      HeddleProperties properties) {
    this.runtime = runtime;
    this.served = served;
    this.base = base;
    this.hostCache = hostCache;
    this.garbage = garbage;
    this.data = properties.data();
  }

  /** Reads counters only: never waits. */
  @Operation(summary = "Show the memory plan, what the engine does and what is resident.")
  @GetMapping("/api/v1/status")
  Mono<StatusView> status() {
    RuntimeStats stats = runtime.stats();
    return Mono.just(
        new StatusView(
            new ModelView(
                served.name(),
                base.digest().qualified(),
                served.maxContext(),
                runtime.backend(),
                runtime.precision().label()),
            PlanView.of(runtime.memoryPlan()),
            RuntimeView.of(stats),
            DeviceView.of(stats.device()),
            EngineResidencyView.of(runtime.residency()),
            HostCacheView.of(hostCache.stats()),
            StoreView.of(garbage.stats()),
            DiskView.of(data)));
  }
}
