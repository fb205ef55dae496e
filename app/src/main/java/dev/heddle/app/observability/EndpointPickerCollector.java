package dev.heddle.app.observability;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.residency.AdapterNames;
import dev.heddle.experts.ResidencyStats;
import dev.heddle.format.Digest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * What the endpoint picker of Kubernetes' gateway-api inference extension reads of a model server,
 * under vLLM's names, which it looks for unless told otherwise. An adapter takes the place of a
 * LoRA there.
 */
@Component
final class EndpointPickerCollector implements MultiCollector {
  private final Supplier<RuntimeStats> stats;
  private final Supplier<ResidencyStats> residency;
  private final Function<Set<Digest>, Map<Digest, List<String>>> names;
  private final int rows;
  private final int blockTokens;

  @Autowired
  EndpointPickerCollector(
      InferenceRuntime runtime,
      AdapterNames names,
      HeddleProperties properties,
      PrometheusRegistry registry) {
    this(
        runtime::stats,
        runtime::residency,
        properties.metrics().adapterNames() ? names::callable : digests -> Map.of(),
        properties.engine().adapterRows(),
        runtime.memoryPlan().blockTokens());
    registry.register(this);
  }

  /**
   * @param names what clients may write as {@code model} for an adapter; without any it is called
   *     by its digest
   * @param rows most adapters that are resident at once
   */
  EndpointPickerCollector(
      Supplier<RuntimeStats> stats,
      Supplier<ResidencyStats> residency,
      Function<Set<Digest>, Map<Digest, List<String>>> names,
      int rows,
      int blockTokens) {
    this.stats = stats;
    this.residency = residency;
    this.names = names;
    this.rows = rows;
    this.blockTokens = blockTokens;
  }

  @Override
  public MetricSnapshots collect() {
    RuntimeStats now = stats.get();
    return MetricSnapshots.of(
        gauge("vllm:num_requests_waiting", "Requests in the queue.", now.queueDepth()),
        gauge("vllm:num_requests_running", "Choices that are computed.", now.running()),
        gauge("vllm:kv_cache_usage_perc", "Share of the KV blocks in use.", now.kvUse()),
        info(
            "vllm:cache_config",
            "The KV cache.",
            Labels.of("block_size", blockTokens + "", "num_gpu_blocks", now.kvBlocks() + "")),
        info("vllm:lora_requests", "Adapters that are resident, and that wait.", adapters()));
  }

  private Labels adapters() {
    ResidencyStats now = residency.get();
    Set<Digest> ready =
        now.residents().stream()
            .filter(ResidencyStats.Resident::admitting)
            .map(ResidencyStats.Resident::adapter)
            .collect(Collectors.toSet());
    Set<Digest> waiting =
        now.waiting().stream().map(ResidencyStats.Waiting::adapter).collect(Collectors.toSet());
    Set<Digest> all = new HashSet<>(ready);
    all.addAll(waiting);
    Map<Digest, List<String>> known = names.apply(all);
    return Labels.of(
        "max_lora",
        rows + "",
        "running_lora_adapters",
        list(ready, known),
        "waiting_lora_adapters",
        list(waiting, known));
  }

  private static String list(Collection<Digest> digests, Map<Digest, List<String>> known) {
    return digests.stream()
        .flatMap(digest -> known.getOrDefault(digest, List.of(digest.qualified())).stream())
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }

  /** A gauge that is 1 and says what it has to in labels; its name gets {@code _info}. */
  private static InfoSnapshot info(String name, String help, Labels labels) {
    return InfoSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build())
        .build();
  }
}
