package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.experts.ResidencyStats;
import dev.heddle.format.Digest;
import dev.heddle.runtime.RuntimeStats;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the endpoint picker reads, by the names and types that it looks for. */
class EndpointPickerCollectorTest {
  private static final Digest READY = new Digest("ab".repeat(32));
  private static final Digest COMING = new Digest("cd".repeat(32));

  @Test
  void queue_kv_use_and_adapters_have_the_names_of_the_model_server_protocol() {
    assertThat(scrape(Map.of(READY, List.of("acme/intent", "intent"))))
        .contains(
            "# TYPE vllm:num_requests_waiting gauge",
            "vllm:num_requests_waiting 3.0",
            "vllm:num_requests_running 5.0",
            "vllm:kv_cache_usage_perc 0.25",
            "vllm:cache_config_info{block_size=\"32\",num_gpu_blocks=\"8\"} 1",
            "# TYPE vllm:lora_requests_info gauge",
            "vllm:lora_requests_info{max_lora=\"64\",running_lora_adapters=\"acme/intent,intent\","
                + "waiting_lora_adapters=\""
                + COMING.qualified()
                + "\"} 1");
  }

  @Test
  void an_adapter_is_called_by_its_digest_where_names_are_not_to_be_told() {
    assertThat(scrape(Map.of()))
        .contains("running_lora_adapters=\"" + READY.qualified() + "\"")
        .doesNotContain("intent");
  }

  private static String scrape(Map<Digest, List<String>> names) {
    RuntimeStats stats =
        new RuntimeStats(
            3,
            5,
            0,
            8,
            2,
            6,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            new RuntimeStats.Histogram(List.of(), List.of(0L), 0),
            0,
            null);
    ResidencyStats residency =
        new ResidencyStats(
            10,
            5,
            List.of(
                new ResidencyStats.Resident(
                    READY, 1, 5, 0, Duration.ZERO, Duration.ZERO, 0, 1, 0, false, true)),
            List.of(new ResidencyStats.Waiting(COMING, Duration.ZERO, "opening")),
            1,
            0,
            0);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry
        .getPrometheusRegistry()
        .register(new EndpointPickerCollector(() -> stats, () -> residency, all -> names, 64, 32));
    return registry.scrape();
  }
}
