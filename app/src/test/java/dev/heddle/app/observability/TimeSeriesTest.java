package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimeSeriesTest {
  private static final Instant START = Instant.ofEpochSecond(1000);

  private final TimeSeries series = new TimeSeries(Duration.ofSeconds(5), Duration.ofMinutes(1));

  @Test
  void the_oldest_rows_are_overwritten() {
    add(30);

    TimeSeries.Part part = series.latest(Duration.ofMinutes(1), 100);

    assertThat(part.values().get(Measure.RUNNING)).hasSize(12).startsWith(18.0).endsWith(29.0);
    assertThat(part.times()).first().isEqualTo(START.plusSeconds(18 * 5));
  }

  @Test
  void a_long_span_is_shown_as_means_that_skip_what_was_not_measured() {
    series.add(START, Map.of(Measure.RUNNING, 1.0, Measure.TTFT_P50, 4.0));
    series.add(START.plusSeconds(5), Map.of(Measure.RUNNING, 3.0));
    series.add(START.plusSeconds(10), Map.of(Measure.RUNNING, 5.0));
    series.add(START.plusSeconds(15), Map.of(Measure.RUNNING, 7.0));

    TimeSeries.Part part = series.latest(Duration.ofMinutes(1), 2);

    assertThat(part.step()).isEqualTo(Duration.ofSeconds(10));
    assertThat(part.values().get(Measure.RUNNING)).isEqualTo(List.of(2.0, 6.0));
    assertThat(part.values().get(Measure.TTFT_P50)).isEqualTo(List.of(4.0, Double.NaN));
  }

  @Test
  void a_row_more_moves_no_mean_of_before() {
    add(8);
    List<Double> before = series.latest(Duration.ofMinutes(1), 4).values().get(Measure.RUNNING);
    series.add(START.plusSeconds(500), Map.of(Measure.RUNNING, 99.0));
    List<Double> after = series.latest(Duration.ofSeconds(40), 4).values().get(Measure.RUNNING);

    assertThat(before).containsExactly(0.5, 2.5, 4.5, 6.5);
    assertThat(after).containsExactly(2.5, 4.5, 6.5);
  }

  @Test
  void nothing_is_there_before_the_first_row() {
    assertThat(series.latest(Duration.ofMinutes(1), 10).times()).isEmpty();
  }

  private void add(int rows) {
    for (int i = 0; i < rows; i++) {
      series.add(START.plusSeconds(5L * i), Map.of(Measure.RUNNING, (double) i));
    }
  }
}
