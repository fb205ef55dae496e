package dev.heddle.app.observability;

import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** The engine's state as metrics; named as those of other inference servers where they exist. */
@Component
final class RuntimeMeters implements MeterBinder {
  private final InferenceRuntime runtime;

  RuntimeMeters(InferenceRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "heddle.num.requests.running", RuntimeStats::running);
    gauge(registry, "heddle.num.requests.waiting", RuntimeStats::queueDepth);
    gauge(registry, "heddle.num.requests.preempted", RuntimeStats::preempted);
    gauge(
        registry,
        "heddle.kv.cache.usage.perc",
        stats -> stats.kvBlocks() == 0 ? 0 : (double) stats.kvBlocksUsed() / stats.kvBlocks());
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
  }

  private void gauge(MeterRegistry registry, String name, ToDoubleFunction<RuntimeStats> value) {
    Gauge.builder(name, runtime, source -> value.applyAsDouble(source.stats())).register(registry);
  }

  private void counter(MeterRegistry registry, String name, ToDoubleFunction<RuntimeStats> value) {
    FunctionCounter.builder(name, runtime, source -> value.applyAsDouble(source.stats()))
        .register(registry);
  }
}
