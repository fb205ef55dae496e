package dev.heddle.app.observability;

import dev.heddle.registry.usage.UsageLog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** Whether what was used gets written down. */
@Component
final class UsageMeters implements MeterBinder {
  private final UsageLog usage;

  UsageMeters(UsageLog usage) {
    this.usage = usage;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("heddle.usage.rows.waiting", usage, UsageLog::waiting).register(registry);
    FunctionCounter.builder("heddle.usage.rows.lost", usage, UsageLog::lost).register(registry);
  }
}
