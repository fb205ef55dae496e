package dev.heddle.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers that the step thread writes after each step and anybody reads; a reader may see some of
 * one step and some of the next. Writing allocates nothing.
 */
final class StepMetrics {
  /** What is counted. */
  enum Metric {
    RUNNING,
    PREEMPTED,
    BLOCKS_FREE,
    BLOCKS_CACHED,
    PREFIX_HIT_TOKENS,
    PREEMPTIONS,
    STEPS,
    PREFILLED,
    DECODED,
    STEP_NANOS,
    OUTPUT_NANOS
  }

  /** Upper bounds of the histogram's buckets: 0.1 ms and doublings up to 6.5 s. */
  private static final int BOUNDS = 17;

  private static final long FIRST_BOUND_NANOS = 100_000;

  private final Map<Metric, AtomicLong> values = new EnumMap<>(Metric.class);
  private final AtomicLongArray buckets = new AtomicLongArray(BOUNDS + 1);

  StepMetrics() {
    for (Metric metric : Metric.values()) {
      values.put(metric, new AtomicLong());
    }
  }

  void set(Metric metric, long value) {
    value(metric).lazySet(value);
  }

  void add(Metric metric, long amount) {
    AtomicLong value = value(metric);
    value.lazySet(value.get() + amount); // one thread writes
  }

  long get(Metric metric) {
    return value(metric).get();
  }

  void step(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS && nanos > FIRST_BOUND_NANOS << bucket) {
      bucket++;
    }
    buckets.lazySet(bucket, buckets.get(bucket) + 1);
    add(Metric.STEPS, 1);
    add(Metric.STEP_NANOS, nanos);
  }

  private AtomicLong value(Metric metric) {
    return Objects.requireNonNull(values.get(metric));
  }

  RuntimeStats.Histogram stepTimes() {
    List<Long> bounds = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i <= BOUNDS; i++) {
      if (i < BOUNDS) {
        bounds.add(FIRST_BOUND_NANOS << i);
      }
      counts.add(buckets.get(i));
    }
    return new RuntimeStats.Histogram(bounds, counts, get(Metric.STEP_NANOS));
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
