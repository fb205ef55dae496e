package dev.heddle.app.observability;

import dev.heddle.ops.DeviceStats;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The engine's state as metrics; named as those of other inference servers where they exist. */
@Component
final class RuntimeMeters implements MeterBinder {
  private final Supplier<RuntimeStats> stats; // kept here: the registry refers to it weakly
  private final Supplier<Duration> stalled;

  @Autowired
  RuntimeMeters(InferenceRuntime runtime) {
    this(runtime::stats, runtime::stalled);
  }

  /**
   * @param stalled how long the step thread has been in its present step
   */
  RuntimeMeters(Supplier<RuntimeStats> stats, Supplier<Duration> stalled) {
    this.stats = stats;
    this.stalled = stalled;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "heddle.num.requests.running", RuntimeStats::running);
    gauge(registry, "heddle.num.requests.waiting", RuntimeStats::queueDepth);
    gauge(registry, "heddle.num.requests.preempted", RuntimeStats::preempted);
    gauge(registry, "heddle.kv.cache.usage.perc", RuntimeStats::kvUse);
    gauge(registry, "heddle.kv.blocks", RuntimeStats::kvBlocks);
    gauge(registry, "heddle.kv.blocks.used", RuntimeStats::kvBlocksUsed);
    gauge(registry, "heddle.kv.blocks.cached", RuntimeStats::kvBlocksCached);
    gauge(registry, "heddle.expert.slots", RuntimeStats::slots);
    gauge(registry, "heddle.expert.slots.used", RuntimeStats::slotsUsed);
    gauge(registry, "heddle.adapters.resident", RuntimeStats::residentAdapters);
    counter(registry, "heddle.prefix.cache.hit.tokens", RuntimeStats::prefixHitTokens);
    counter(registry, "heddle.num.preemptions", RuntimeStats::preemptions);
    counter(registry, "heddle.steps", RuntimeStats::steps);
    counter(registry, "heddle.tokens.prefilled", RuntimeStats::tokensPrefilled);
    counter(registry, "heddle.tokens.decoded", RuntimeStats::tokensDecoded);
    counter(registry, "heddle.step.seconds", stats -> stats.stepTimes().sumNanos() / 1e9);
    counter(registry, "heddle.step.output.seconds", stats -> stats.outputNanos() / 1e9);
    Gauge.builder("heddle.step.stalled.seconds", stalled, age -> age.get().toNanos() / 1e9)
        .register(registry);
    if (stats.get().device() != null) {
      device(registry);
    }
  }

  /** What an accelerator does; processors have nothing of it. */
  private void device(MeterRegistry registry) {
    gauge(registry, "heddle.device.memory.bytes", of(DeviceStats::memory));
    counter(registry, "heddle.device.passes", of(DeviceStats::passes));
    counter(registry, "heddle.device.pass.seconds", of(device -> device.passNanos() / 1e9));
    counter(registry, "heddle.device.kernel.seconds", of(device -> device.kernelNanos() / 1e9));
    counter(registry, "heddle.device.input.bytes", of(DeviceStats::inputBytes));
    counter(registry, "heddle.device.output.bytes", of(DeviceStats::outputBytes));
    counter(registry, "heddle.device.fills", of(DeviceStats::fills));
    counter(registry, "heddle.device.fill.bytes", of(DeviceStats::fillBytes));
  }

  private static ToDoubleFunction<RuntimeStats> of(ToDoubleFunction<DeviceStats> value) {
    return stats -> stats.device() == null ? Double.NaN : value.applyAsDouble(stats.device());
  }

  private void gauge(MeterRegistry registry, String name, ToDoubleFunction<RuntimeStats> value) {
    Gauge.builder(name, stats, source -> value.applyAsDouble(source.get())).register(registry);
  }

  private void counter(MeterRegistry registry, String name, ToDoubleFunction<RuntimeStats> value) {
    FunctionCounter.builder(name, stats, source -> value.applyAsDouble(source.get()))
        .register(registry);
  }
}
