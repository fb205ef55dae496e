package dev.heddle.app.client.load;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Exact percentiles of values that were all kept. */
final class Percentiles {
  private final double[] sorted;

  Percentiles(DoubleStream values) {
    sorted = values.toArray();
    Arrays.sort(sorted);
  }

  int count() {
    return sorted.length;
  }

  /** The least value that so many percent do not exceed; NaN if there is none. */
  double at(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted.length == 0 ? Double.NaN : sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  double mean() {
    return Arrays.stream(sorted).average().orElse(Double.NaN);
  }
}
