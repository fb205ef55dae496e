package dev.heddle.registry.snapshot;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long things took, by what they are. Safe for any thread. */
final class Timings {
  private static final Logger log = LoggerFactory.getLogger(Timings.class);

  /** The times of one thing, in milliseconds. */
  static final class Millis {
    private double[] values = new double[1024];
    private int size;
    private boolean sorted;

    private synchronized void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
      sorted = false;
    }

    /** The least value that a share of all do not exceed. */
    synchronized double p(double share) {
      if (!sorted) {
        Arrays.sort(values, 0, size);
        sorted = true;
      }
      return values[Math.max(0, (int) Math.ceil(share * size) - 1)];
    }

    double max() {
      return p(1);
    }

    synchronized int count() {
      return size;
    }
  }

  private final Map<String, Millis> all = new ConcurrentSkipListMap<>();

  /** Does something and notes how long it took. */
  <T> T time(String what, Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    double millis = (System.nanoTime() - start) / 1e6;
    all.computeIfAbsent(what, name -> new Millis()).add(millis);
    return result;
  }

  Map<String, Millis> all() {
    return all;
  }

  void print() {
    all.forEach((name, millis) ->
        log.info(
            "{}: p50 {} ms, p99 {} ms, max {} ms of {}",
            name,
            "%.3f".formatted(millis.p(0.5)),
            "%.3f".formatted(millis.p(0.99)),
            "%.3f".formatted(millis.max()),
            millis.count()));
  }
}
