package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.DeviceStats;
import dev.heddle.runtime.RuntimeStats;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeMetersTest {
  @Test
  void a_device_has_metrics_of_its_own() {
    DeviceStats device =
        new DeviceStats("card", 1000, 7, 2_500_000_000L, 300, 5, 6000, 40, 1_500_000_000L, 0);
    assertThat(scrape(device))
        .contains(
            "heddle_device_memory_bytes 1000.0",
            "heddle_device_passes_total 7.0",
            "heddle_device_pass_seconds_total 2.5",
            "heddle_device_kernel_seconds_total 1.5",
            "heddle_device_input_bytes_total 300.0",
            "heddle_device_output_bytes_total 40.0",
            "heddle_device_fills_total 5.0",
            "heddle_device_fill_bytes_total 6000.0");
  }

  @Test
  void processors_have_none_of_a_devices_metrics() {
    assertThat(scrape(null)).contains("heddle_steps_total 11.0").doesNotContain("heddle_device");
  }

  private static String scrape(DeviceStats device) {
    RuntimeStats stats =
        new RuntimeStats(
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            11,
            0,
            0,
            new RuntimeStats.Histogram(List.of(), List.of(0L), 0),
            0,
            device);
    RuntimeMeters meters = new RuntimeMeters(() -> stats, () -> Duration.ZERO);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.bindTo(registry);
    return registry.scrape();
  }
}
