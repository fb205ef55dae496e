package dev.heddle.app.observability;

import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.store.HostCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** What is stored, as of the last collection, and what the host cache does. */
@Component
final class StoreMeters implements MeterBinder {
  private final GarbageCollector garbage;
  private final HostCache cache;

  StoreMeters(GarbageCollector garbage, HostCache cache) {
    this.garbage = garbage;
    this.cache = cache;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    stored(registry, "heddle.store.blobs", GarbageCollector.Stats::blobs);
    stored(registry, "heddle.store.bytes", GarbageCollector.Stats::bytes);
    removed(registry, "heddle.store.removed", GarbageCollector.Stats::removed);
    removed(registry, "heddle.store.removed.bytes", GarbageCollector.Stats::removedBytes);
    removed(registry, "heddle.store.collections", GarbageCollector.Stats::runs);
    cached(registry, "heddle.host.cache.budget.bytes", HostCache.Stats::budget);
    cached(registry, "heddle.host.cache.bytes", HostCache.Stats::bytes);
    cached(registry, "heddle.host.cache.experts", HostCache.Stats::experts);
    opened(registry, "heddle.host.cache.hits", HostCache.Stats::hits);
    opened(registry, "heddle.host.cache.misses", HostCache.Stats::misses);
    opened(registry, "heddle.host.cache.bypassed", HostCache.Stats::bypassed);
    opened(registry, "heddle.host.cache.evictions", HostCache.Stats::evictions);
  }

  private void stored(
      MeterRegistry registry, String name, ToDoubleFunction<GarbageCollector.Stats> value) {
    Gauge.builder(name, garbage, source -> value.applyAsDouble(source.stats())).register(registry);
  }

  private void removed(
      MeterRegistry registry, String name, ToDoubleFunction<GarbageCollector.Stats> value) {
    FunctionCounter.builder(name, garbage, source -> value.applyAsDouble(source.stats()))
        .register(registry);
  }

  private void cached(
      MeterRegistry registry, String name, ToDoubleFunction<HostCache.Stats> value) {
    Gauge.builder(name, cache, source -> value.applyAsDouble(source.stats())).register(registry);
  }

  private void opened(
      MeterRegistry registry, String name, ToDoubleFunction<HostCache.Stats> value) {
    FunctionCounter.builder(name, cache, source -> value.applyAsDouble(source.stats()))
        .register(registry);
  }
}
