package dev.heddle.app.observability;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The last hours of every {@link Measure} in memory that is taken once: one row a step, the oldest
 * overwritten. Threads may share it.
 */
public final class TimeSeries {
  private final Duration step;
  private final long[] epochSeconds;
  private final Map<Measure, double[]> columns = new EnumMap<>(Measure.class);
  private long rows;

  /**
   * @param step from one row to the next
   * @param span how long a row is kept
   */
  TimeSeries(Duration step, Duration span) {
    this.step = step;
    this.epochSeconds = new long[Math.toIntExact(span.dividedBy(step))];
    for (Measure measure : Measure.values()) {
      columns.put(measure, new double[epochSeconds.length]);
    }
  }

  /**
   * A part of the series.
   *
   * @param step from one time to the next
   * @param times oldest first
   * @param values as many of each measure as there are times; NaN where nothing was measured
   */
  public record Part(Duration step, List<Instant> times, Map<Measure, List<Double>> values) {}

  /** How long rows are kept. */
  public Duration span() {
    return step.multipliedBy(epochSeconds.length);
  }

  /**
   * @param row a value for each measure; NaN for none
   */
  synchronized void add(Instant at, Map<Measure, Double> row) {
    int place = place(rows);
    epochSeconds[place] = at.getEpochSecond();
    columns.forEach((measure, column) -> column[place] = row.getOrDefault(measure, Double.NaN));
    rows++;
  }

  /**
   * The latest rows, as means over as many of them as leave no more than {@code pointsMax}.
   *
   * @param back how far; no further than {@link #span}
   */
  public synchronized Part latest(Duration back, int pointsMax) {
    long wanted = Math.clamp(back.dividedBy(step), 1, epochSeconds.length);
    long count = Math.min(wanted, rows);
    int stride = (int) Math.max(1, (count + pointsMax - 1) / pointsMax);
    // Strides begin at the same rows at every call, so that a chart does not flicker.
    long first = (rows - count + stride - 1) / stride * stride;
    long points = Math.max(0, (rows - first) / stride);
    List<Long> begins = LongStream.range(0, points).mapToObj(p -> first + p * stride).toList();
    Map<Measure, List<Double>> values = new EnumMap<>(Measure.class);
    columns.forEach((measure, column) ->
        values.put(measure, begins.stream().map(begin -> mean(column, begin, stride)).toList()));
    return new Part(
        step.multipliedBy(stride),
        begins.stream().map(begin -> Instant.ofEpochSecond(epochSeconds[place(begin)])).toList(),
        values);
  }

  private double mean(double[] column, long begin, int count) {
    DoubleStream values =
        IntStream.range(0, count).mapToDouble(offset -> column[place(begin + offset)]);
    return values.filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
  }

  private int place(long row) {
    return (int) (row % epochSeconds.length);
  }
}
