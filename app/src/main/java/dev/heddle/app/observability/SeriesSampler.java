package dev.heddle.app.observability;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.search.Search;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds a row to the series, from the meters that Prometheus scrapes: what grows becomes a rate of
 * the time since the row before. Used by one thread at a time.
 */
final class SeriesSampler {
  private static final double NANOS = 1e9;
  private static final double MINUTE = 60;

  private final MeterRegistry meters;
  private final TimeSeries series;
  private final Map<Measure, Double> totals = new EnumMap<>(Measure.class);
  private final Map<String, CountAtBucket[]> buckets = new HashMap<>();
  private long lastNanos;

  SeriesSampler(MeterRegistry meters, TimeSeries series, long nowNanos) {
    this.meters = meters;
    this.series = series;
    this.lastNanos = nowNanos;
  }

  void sample(Instant at, long nowNanos) {
    double seconds = (nowNanos - lastNanos) / NANOS;
    lastNanos = nowNanos;
    Map<Measure, Double> row = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      row.put(measure, value(measure, seconds));
    }
    series.add(at, row);
  }

  private double value(Measure measure, double seconds) {
    return switch (measure) {
      case PREFILL -> grown(measure, grownTo("heddle.tokens.prefilled")) / seconds;
      case DECODE -> grown(measure, grownTo("heddle.tokens.decoded")) / seconds;
      case TTFT_P50 -> percentile(measure, "heddle.time.to.first.token", 0.5);
      case TTFT_P95 -> percentile(measure, "heddle.time.to.first.token", 0.95);
      case TPOT_P50 -> percentile(measure, "heddle.time.per.output.token", 0.5);
      case TPOT_P95 -> percentile(measure, "heddle.time.per.output.token", 0.95);
      case WAITING -> gauge("heddle.num.requests.waiting");
      case RUNNING -> gauge("heddle.num.requests.running");
      case KV_USED -> gauge("heddle.kv.cache.usage.perc");
      case SLOTS_USED -> gauge("heddle.expert.slots.used");
      case ANSWERS ->
          perMinute(measure, ended("stop") + ended("length") + ended("cancelled"), seconds);
      case ERRORS -> perMinute(measure, ended("failed") + ended("refused"), seconds);
      case QUOTA_REFUSALS -> perMinute(measure, sum(meters.find("heddle.quota.refusals")), seconds);
    };
  }

  private double perMinute(Measure measure, double total, double seconds) {
    return grown(measure, total) * MINUTE / seconds;
  }

  private double grown(Measure measure, double total) {
    @Nullable Double before = totals.put(measure, total);
    return before == null ? Double.NaN : Math.max(0, total - before);
  }

  private double ended(String outcome) {
    return sum(meters.find("heddle.requests.ended").tag("outcome", outcome));
  }

  private static double sum(Search counters) {
    return counters.counters().stream().mapToDouble(counter -> counter.count()).sum();
  }

  private double grownTo(String name) {
    @Nullable FunctionCounter counter = meters.find(name).functionCounter();
    return counter == null ? 0 : counter.count();
  }

  private double gauge(String name) {
    @Nullable Gauge gauge = meters.find(name).gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }

  /** Each measure keeps what it saw itself, as two of them look at one timer. */
  private double percentile(Measure measure, String name, double share) {
    CountAtBucket[] now = HistogramStep.look(meters.find(name).timers());
    return new HistogramStep(now, buckets.put(measure.name(), now)).percentile(share);
  }
}
