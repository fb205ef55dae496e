package dev.heddle.app.observability;

import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.scrub.DamageLog;
import dev.heddle.registry.scrub.StoreScrub;
import dev.heddle.registry.store.HostCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/**
 * What is stored, as of the last collection, what of it is damaged, and what the host cache does.
 */
@Component
final class StoreMeters implements MeterBinder {
  private final GarbageCollector garbage;
  private final HostCache cache;
  private final StoreScrub scrub;
  private final DamageLog damages;

  StoreMeters(GarbageCollector garbage, HostCache cache, StoreScrub scrub, DamageLog damages) {
    this.garbage = garbage;
    this.cache = cache;
    this.scrub = scrub;
    this.damages = damages;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    stored(registry, "heddle.store.blobs", GarbageCollector.Stats::blobs);
    stored(registry, "heddle.store.bytes", GarbageCollector.Stats::bytes);
    removed(registry, "heddle.store.removed", GarbageCollector.Stats::removed);
    removed(registry, "heddle.store.removed.bytes", GarbageCollector.Stats::removedBytes);
    removed(registry, "heddle.store.collections", GarbageCollector.Stats::runs);
    counter(registry, "heddle.expert.store.damaged", damages, DamageLog::found);
    counter(registry, "heddle.expert.store.checked", scrub, StoreScrub::checked);
    counter(registry, "heddle.expert.store.checked.bytes", scrub, StoreScrub::checkedBytes);
    Gauge.builder("heddle.expert.store.unreadable", scrub, StoreScrub::unreadable)
        .register(registry);
    cached(registry, "heddle.host.cache.budget.bytes", HostCache.Stats::budget);
    cached(registry, "heddle.host.cache.bytes", HostCache.Stats::bytes);
    cached(registry, "heddle.host.cache.experts", HostCache.Stats::experts);
    opened(registry, "heddle.host.cache.hits", HostCache.Stats::hits);
    opened(registry, "heddle.host.cache.misses", HostCache.Stats::misses);
    opened(registry, "heddle.host.cache.bypassed", HostCache.Stats::bypassed);
    opened(registry, "heddle.host.cache.evictions", HostCache.Stats::evictions);
  }

  private static <T> void counter(
      MeterRegistry registry, String name, T source, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, source, value).register(registry);
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
