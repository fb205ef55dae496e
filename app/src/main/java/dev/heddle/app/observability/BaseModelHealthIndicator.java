package dev.heddle.app.observability;

import dev.heddle.app.config.BaseModelProof;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Part of readiness: down once a file of the base model has been found damaged, as answers may be
 * wrong. No part of liveness: a restart is refused until the file is put right.
 */
@Component
final class BaseModelHealthIndicator implements HealthIndicator, MeterBinder {
  private final BaseModelProof proof;

  BaseModelHealthIndicator(BaseModelProof proof) {
    this.proof = proof;
  }

  @Override
  public Health health() {
    return (proof.damagedFiles().isEmpty() ? Health.up() : Health.down()).build();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("heddle.base.model.damaged.files", proof, known -> known.damagedFiles().size())
        .register(registry);
  }
}
