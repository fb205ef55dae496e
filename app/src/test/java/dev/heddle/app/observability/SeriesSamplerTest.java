package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeriesSamplerTest {
  private static final long SECOND = 1_000_000_000L;

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final TimeSeries series = new TimeSeries(Duration.ofSeconds(5), Duration.ofMinutes(5));
  private final SeriesSampler sampler = new SeriesSampler(meters, series, 0);
  private long steps;

  @Test
  void what_grows_is_a_rate_of_the_time_since_the_row_before() {
    AtomicLong decoded = new AtomicLong(1000);
    FunctionCounter.builder("heddle.tokens.decoded", decoded, AtomicLong::get).register(meters);
    sample();
    decoded.addAndGet(500);
    meters.counter("heddle.requests.ended", "outcome", "failed").increment(2);
    sample();

    assertThat(latest(Measure.DECODE)).isEqualTo(100);
    assertThat(latest(Measure.ERRORS)).isEqualTo(24);
    assertThat(latest(Measure.ANSWERS)).isZero();
  }

  @Test
  void percentiles_are_of_what_came_in_since_the_row_before() {
    Timer timer =
        Timer.builder("heddle.time.to.first.token")
            .serviceLevelObjectives(
                Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofSeconds(1))
            .register(meters);
    timer.record(Duration.ofMillis(500));
    sample();
    for (int i = 0; i < 100; i++) {
      timer.record(Duration.ofMillis(15));
    }
    sample();

    assertThat(latest(Measure.TTFT_P50)).isCloseTo(0.015, within(1e-9));
    assertThat(latest(Measure.TTFT_P95)).isCloseTo(0.0195, within(1e-9));
    sample();
    assertThat(latest(Measure.TTFT_P50)).isNaN();
  }

  @Test
  void percentiles_are_of_all_adapters_together() {
    sample();
    for (String adapter : List.of("base", "one", "two")) {
      Timer timer =
          Timer.builder("heddle.time.to.first.token")
              .tag("adapter", adapter)
              .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(20))
              .register(meters);
      timer.record(Duration.ofMillis(adapter.equals("base") ? 5 : 15));
    }
    sample();

    assertThat(latest(Measure.TTFT_P50)).isCloseTo(0.0125, within(1e-9));
  }

  private void sample() {
    steps++;
    sampler.sample(Instant.ofEpochSecond(5 * steps), 5 * steps * SECOND);
  }

  private double latest(Measure measure) {
    return series.latest(Duration.ofMinutes(5), 100).values().get(measure).getLast();
  }
}
