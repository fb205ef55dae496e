package dev.heddle.app.observability;

import dev.heddle.experts.RoutingTotals;
import dev.heddle.runtime.InferenceRuntime;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Two counters for each adapter that is resident as it is asked, and for the base: at most the
 * engine's {@code adapter-rows} and one. Micrometer has no meter that comes and goes by itself, so
 * this one is Prometheus' own.
 */
@Component
final class RoutingCollector implements MultiCollector {
  private static final String HITS = "heddle_routed_tokens";
  private static final String TUNED_HITS = "heddle_routed_tuned_tokens";

  private final Supplier<List<RoutingTotals>> totals;

  @Autowired
  RoutingCollector(InferenceRuntime runtime, PrometheusRegistry registry) {
    this(runtime::routingTotals);
    registry.register(this);
  }

  RoutingCollector(Supplier<List<RoutingTotals>> totals) {
    this.totals = totals;
  }

  @Override
  public MetricSnapshots collect() {
    List<RoutingTotals> all = totals.get();
    return MetricSnapshots.of(
        counter(HITS, "Tokens sent to experts, by layer and pick.", all, RoutingTotals::hits),
        counter(TUNED_HITS, "Of these, to tuned ones.", all, RoutingTotals::tunedHits));
  }

  private static CounterSnapshot counter(
      String name, String help, List<RoutingTotals> all, ToLongFunction<RoutingTotals> value) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    for (RoutingTotals one : all) {
      String adapter = one.adapter() == null ? "base" : one.adapter().qualified();
      counter.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(Labels.of("adapter", adapter))
              .value((double) value.applyAsLong(one))
              .build());
    }
    return counter.build();
  }
}
