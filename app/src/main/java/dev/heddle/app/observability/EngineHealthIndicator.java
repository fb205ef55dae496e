package dev.heddle.app.observability;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.runtime.InferenceRuntime;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Part of liveness: down once the engine's step thread has died, or has been in one step for {@code
 * heddle.engine.stuck-after} while requests are in flight. Only a restart helps then. The change is
 * logged once.
 */
@Component
final class EngineHealthIndicator implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(EngineHealthIndicator.class);

  private final BooleanSupplier healthy;
  private final AtomicBoolean down = new AtomicBoolean();

  @Autowired
  EngineHealthIndicator(InferenceRuntime runtime, HeddleProperties properties) {
    this(() -> runtime.isHealthy(properties.engine().stuckAfter()));
  }

  EngineHealthIndicator(BooleanSupplier healthy) {
    this.healthy = healthy;
  }

  @Override
  public Health health() {
    boolean up = healthy.getAsBoolean();
    if (!up && down.compareAndSet(false, true)) {
      log.error("the engine's step thread is dead or stuck: liveness is down; restart the process");
    } else if (up && down.compareAndSet(true, false)) {
      log.warn("the engine's step thread runs again: liveness is up");
    }
    return (up ? Health.up() : Health.down()).build();
  }
}
