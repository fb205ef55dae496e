package dev.heddle.app.replica;

import dev.heddle.experts.ResidencyStats.Resident;
import dev.heddle.format.Digest;
import dev.heddle.registry.replica.Announcement;
import dev.heddle.registry.replica.Replica;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import jakarta.annotation.PreDestroy;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Tells the fleet what this process's engine has and does, and when it takes no more requests. */
@Component
final class SelfDescription {
  private final Replicas replicas;
  private final InferenceRuntime runtime;

  SelfDescription(Replicas replicas, InferenceRuntime runtime) {
    this.replicas = replicas;
    this.runtime = runtime;
  }

  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    replicas.describe(this::now);
  }

  @EventListener
  void changed(AvailabilityChangeEvent<ReadinessState> event) {
    if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
      replicas.drain();
    }
  }

  /** The engine ends soon after. */
  @PreDestroy
  void end() {
    Announcement last = now();
    replicas.describe(() -> last);
  }

  private Announcement now() {
    RuntimeStats stats = runtime.stats();
    Set<Digest> resident =
        runtime.residency().residents().stream()
            .filter(Resident::admitting)
            .map(Resident::adapter)
            .collect(Collectors.toSet());
    return new Announcement(
        Replica.State.SERVING,
        resident,
        new Replica.Load(stats.running(), stats.queueDepth(), stats.kvUse()));
  }
}
