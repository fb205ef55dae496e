package dev.heddle.app.observability;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What came into a timer's buckets between two looks at it: percentiles as Prometheus computes them
 * from the same buckets, by lines between their bounds.
 */
final class HistogramStep {
  private static final double NANOS = 1e9;

  private final double[] bounds;
  private final double[] counts;

  /**
   * @param before what the look before saw; null at the first, empty if there was no timer then
   */
  HistogramStep(CountAtBucket[] now, CountAtBucket @Nullable [] before) {
    bounds = new double[now.length];
    counts = new double[now.length];
    for (int i = 0; i < now.length; i++) {
      bounds[i] = now[i].bucket() / NANOS;
      counts[i] = now[i].count() - (before == null || before.length == 0 ? 0 : before[i].count());
    }
  }

  /** The sums of timers that have the same buckets. */
  static CountAtBucket[] look(Collection<Timer> timers) {
    CountAtBucket[] sums = {};
    for (Timer timer : timers) {
      CountAtBucket[] counts = timer.takeSnapshot().histogramCounts();
      for (int i = 0; i < counts.length && i < sums.length; i++) {
        counts[i] = new CountAtBucket(counts[i].bucket(), counts[i].count() + sums[i].count());
      }
      sums = counts;
    }
    return sums;
  }

  /**
   * @param share 0 to 1
   * @return seconds, NaN if nothing came in
   */
  double percentile(double share) {
    double total = counts.length == 0 ? 0 : counts[counts.length - 1];
    if (total <= 0) {
      return Double.NaN;
    }
    double rank = share * total;
    int i = 0;
    while (counts[i] < rank) {
      i++;
    }
    double lower = i == 0 ? 0 : bounds[i - 1];
    if (bounds[i] > Long.MAX_VALUE / NANOS / 2) {
      return lower; // the last bucket has no end
    }
    double below = i == 0 ? 0 : counts[i - 1];
    return lower + (bounds[i] - lower) * (rank - below) / (counts[i] - below);
  }
}
