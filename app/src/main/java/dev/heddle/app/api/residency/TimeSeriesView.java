package dev.heddle.app.api.residency;

import dev.heddle.app.observability.Measure;
import dev.heddle.app.observability.TimeSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last hours of the engine, as many values in each list as there are times, oldest first; null
 * where nothing was measured. What is a rate or a percentile is of one step.
 *
 * @param stepSeconds from one time to the next
 * @param prefillTokensPerSecond prompt tokens computed
 * @param decodeTokensPerSecond tokens generated
 * @param ttftP50Seconds time to the first token, as is {@code ttftP95Seconds}
 * @param tpotP50Seconds time per output token after the first, as is {@code tpotP95Seconds}
 * @param waiting requests that wait
 * @param running sequences that are computed
 * @param kvUsed share of the KV blocks, 0 to 1
 * @param slotsUsed expert slots, the base's included
 * @param answersPerMinute that ended well, or that their client left
 * @param errorsPerMinute answers that failed, or that the engine refused
 * @param quotaRefusalsPerMinute requests that a tenant's limit refused
 */
record TimeSeriesView(
    double stepSeconds,
    List<Instant> times,
    List<@Nullable Double> prefillTokensPerSecond,
    List<@Nullable Double> decodeTokensPerSecond,
    List<@Nullable Double> ttftP50Seconds,
    List<@Nullable Double> ttftP95Seconds,
    List<@Nullable Double> tpotP50Seconds,
    List<@Nullable Double> tpotP95Seconds,
    List<@Nullable Double> waiting,
    List<@Nullable Double> running,
    List<@Nullable Double> kvUsed,
    List<@Nullable Double> slotsUsed,
    List<@Nullable Double> answersPerMinute,
    List<@Nullable Double> errorsPerMinute,
    List<@Nullable Double> quotaRefusalsPerMinute) {

  private static final double PLACES = 1e5;

  static TimeSeriesView of(TimeSeries.Part part) {
    return new TimeSeriesView(
        part.step().toSeconds(),
        part.times(),
        values(part, Measure.PREFILL),
        values(part, Measure.DECODE),
        values(part, Measure.TTFT_P50),
        values(part, Measure.TTFT_P95),
        values(part, Measure.TPOT_P50),
        values(part, Measure.TPOT_P95),
        values(part, Measure.WAITING),
        values(part, Measure.RUNNING),
        values(part, Measure.KV_USED),
        values(part, Measure.SLOTS_USED),
        values(part, Measure.ANSWERS),
        values(part, Measure.ERRORS),
        values(part, Measure.QUOTA_REFUSALS));
  }

  private static List<@Nullable Double> values(TimeSeries.Part part, Measure measure) {
    List<@Nullable Double> values = new ArrayList<>();
    for (double value : part.values().getOrDefault(measure, List.of())) {
      values.add(Double.isNaN(value) ? null : Math.round(value * PLACES) / PLACES);
    }
    return values;
  }
}
