package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.format.model.ModelShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Prints measurements as they come, as a table, and at the end all of them as JSON. */
final class BenchReport {
  private final Console console;
  private final String backend;
  private final int threads;
  private final double bandwidth;
  private final List<Measurement> prefills = new ArrayList<>();
  private final List<Measurement> decodes = new ArrayList<>();
  private final List<Map.Entry<String, CountingCost>> costs = new ArrayList<>();
  private final Map<String, Map<String, Double>> profiles = new LinkedHashMap<>();

  /**
   * A report without rows.
   *
   * @param bandwidth GB/s that the machine reads from memory with these threads
   */
  BenchReport(Console console, String backend, int threads, double bandwidth) {
    this.console = console;
    this.backend = backend;
    this.threads = threads;
    this.bandwidth = bandwidth;
    console.note(
        String.format(
            "%s backend, %d threads, memory reads %.1f GB/s", backend, threads, bandwidth));
    console.note("            batch  adapters    tokens/s   ms/step      GB/s  of memory");
  }

  void prefill(Measurement m) {
    prefills.add(m);
    row("prefill", m);
  }

  void decode(Measurement m) {
    decodes.add(m);
    row("decode", m);
  }

  void counting(String phase, CountingCost cost) {
    costs.add(Map.entry(phase, cost));
    console.note(
        String.format(
            "%-10s %6d %9d   step %.1f us, without counting %.1f; rerouting %.2f, %.2f: %+.3f %%",
            phase,
            cost.work().size(),
            cost.work().adapters(),
            cost.stepMicros(),
            cost.stepMicrosWithout(),
            cost.routeMicros(),
            cost.routeMicrosWithout(),
            100 * cost.share()));
  }

  private void row(String phase, Measurement m) {
    console.note(
        String.format(
            "%-10s %6d %9d %11.1f %9.2f %9.1f %9.0f %%",
            phase,
            m.work().size(),
            m.work().adapters(),
            m.tokensPerSecond(),
            m.stepMicros() / 1e3,
            m.gigabytesPerSecond(),
            100 * m.gigabytesPerSecond() / bandwidth));
  }

  /** Times of operations in one step, in microseconds. */
  void profile(String phase, Map<String, Double> micros) {
    profiles.put(phase, micros);
    double total = micros.values().stream().mapToDouble(Double::doubleValue).sum();
    console.note(String.format("%s, %.0f us in operations:", phase, total));
    micros.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(e ->
            console.note(
                String.format(
                    "  %-16s %9.1f us %5.1f %%",
                    e.getKey(), e.getValue(), 100 * e.getValue() / total)));
  }

  void print(ModelShape shape) {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("backend", backend);
    json.writeNumberProperty("threads", threads);
    json.writeNumberProperty("memory_gb_per_second", bandwidth);
    json.writeNumberProperty("layers", shape.layers());
    json.writeNumberProperty("hidden", shape.hidden());
    rows(json, "prefill", prefills);
    rows(json, "decode", decodes);
    if (!costs.isEmpty()) {
      json.writeArrayPropertyStart("counting");
      costs.forEach(entry -> {
        json.writeStartObject();
        json.writeStringProperty("phase", entry.getKey());
        json.writeNumberProperty("batch", entry.getValue().work().sequences());
        json.writeNumberProperty("adapters", entry.getValue().work().adapters());
        json.writeNumberProperty("tokens", entry.getValue().work().tokens());
        json.writeNumberProperty("step_us", entry.getValue().stepMicros());
        json.writeNumberProperty("step_us_without", entry.getValue().stepMicrosWithout());
        json.writeNumberProperty("route_us", entry.getValue().routeMicros());
        json.writeNumberProperty("route_us_without", entry.getValue().routeMicrosWithout());
        json.writeNumberProperty("share", entry.getValue().share());
        json.writeEndObject();
      });
      json.writeEndArray();
    }
    if (!profiles.isEmpty()) {
      json.writeObjectPropertyStart("profile_us");
      profiles.forEach((phase, micros) -> {
        json.writeObjectPropertyStart(phase);
        micros.forEach(json::writeNumberProperty);
        json.writeEndObject();
      });
      json.writeEndObject();
    }
    json.writeEndObject();
    console.endJson(json);
  }

  private void rows(JsonGenerator json, String name, List<Measurement> measurements) {
    json.writeArrayPropertyStart(name);
    for (Measurement m : measurements) {
      json.writeStartObject();
      json.writeNumberProperty("batch", m.work().sequences());
      json.writeNumberProperty("adapters", m.work().adapters());
      json.writeNumberProperty("tokens", m.work().tokens());
      json.writeNumberProperty("prompt", m.work().prompt());
      json.writeNumberProperty("tokens_per_second", m.tokensPerSecond());
      json.writeNumberProperty("step_us", m.stepMicros());
      json.writeNumberProperty("step_bytes", m.bytes());
      json.writeNumberProperty("gb_per_second", m.gigabytesPerSecond());
      json.writeNumberProperty("share_of_memory", m.gigabytesPerSecond() / bandwidth);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
