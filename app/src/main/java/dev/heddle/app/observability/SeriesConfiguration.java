package dev.heddle.app.observability;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Keeps the last hours of what the engine did: six of them, in half a megabyte. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SeriesConfiguration {
  private static final int STEP_SECONDS = 5;
  private static final Duration SPAN = Duration.ofHours(6);

  @Bean
  TimeSeries timeSeries() {
    return new TimeSeries(Duration.ofSeconds(STEP_SECONDS), SPAN);
  }

  @Bean
  Ticker seriesTicker(MeterRegistry meters, TimeSeries series) {
    return new Ticker(new SeriesSampler(meters, series, System.nanoTime()));
  }

  /** Samples at every step. */
  record Ticker(SeriesSampler sampler) {
    @Scheduled(fixedRateString = "PT" + STEP_SECONDS + "S")
    void tick() {
      sampler.sample(Clock.systemUTC().instant(), System.nanoTime());
    }
  }
}
