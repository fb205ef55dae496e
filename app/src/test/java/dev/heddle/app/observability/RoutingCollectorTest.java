package dev.heddle.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.experts.RoutingTotals;
import dev.heddle.format.Digest;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingCollectorTest {
  @Test
  void an_adapter_that_leaves_takes_its_counters_along() {
    Digest digest = new Digest("ab".repeat(32));
    List<RoutingTotals> totals = new ArrayList<>();
    totals.add(new RoutingTotals(null, 12, 0));
    totals.add(new RoutingTotals(digest, 40, 9));
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.getPrometheusRegistry().register(new RoutingCollector(() -> totals));

    assertThat(registry.scrape())
        .contains(
            "heddle_routed_tokens_total{adapter=\"base\"} 12.0",
            "heddle_routed_tokens_total{adapter=\"" + digest.qualified() + "\"} 40.0",
            "heddle_routed_tuned_tokens_total{adapter=\"" + digest.qualified() + "\"} 9.0");

    totals.removeLast();
    assertThat(registry.scrape()).contains("adapter=\"base\"").doesNotContain(digest.hex());
  }
}
