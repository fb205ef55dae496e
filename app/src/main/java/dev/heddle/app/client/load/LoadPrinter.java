package dev.heddle.app.client.load;

import dev.heddle.cli.Console;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Prints a report: a table for people on stderr, one JSON object on stdout. */
public final class LoadPrinter {
  private static final List<Integer> PERCENTS = List.of(50, 90, 99, 100);
  private final Console console;
  private final LoadReport report;

  public LoadPrinter(Console console, LoadReport report) {
    this.console = console;
    this.report = report;
  }

  public void table() {
    Formatter table = new Formatter(Locale.ROOT);
    table.format(
        "%d requests in %.1f s: %s%n", report.timed().size(), report.seconds(), report.outcomes());
    table.format(
        "%.2f requests/s; tokens/s: %.1f of prompts, %.1f of answers%n",
        rate(report.timed().stream().filter(Timed::isOk).count()),
        rate(report.promptTokens()),
        rate(report.answerTokens()));
    table.format(
        "goodput: %.2f requests/s, %.1f %% of all (first token within %d ms, then %d ms a token)%n",
        rate(report.good()),
        100.0 * report.good() / report.timed().size(),
        report.plan().ttft().toMillis(),
        report.plan().tpot().toMillis());
    table.format("%-22s %9s %9s %9s %9s %9s%n", "milliseconds", "mean", "p50", "p90", "p99", "max");
    report
        .measures()
        .forEach((measure, values) ->
            table.format(
                "%-22s %9.1f %9.1f %9.1f %9.1f %9.1f%n",
                measure.title(),
                1e3 * values.mean(),
                1e3 * values.at(50),
                1e3 * values.at(90),
                1e3 * values.at(99),
                1e3 * values.at(100)));
    table.toString().lines().forEach(console::note);
  }

  public void json() {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeNumberProperty("requests", report.timed().size());
    json.writeNumberProperty("seconds", report.seconds());
    counts(json, "outcomes", report.outcomes());
    counts(json, "models", report.models());
    json.writeNumberProperty("prompt_tokens", report.promptTokens());
    json.writeNumberProperty("answer_tokens", report.answerTokens());
    json.writeNumberProperty("good", report.good());
    json.writeNumberProperty("seed", report.plan().seed());
    report.measures().forEach((measure, values) -> write(json, measure, values));
    json.writeEndObject();
    console.endJson(json);
  }

  private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
    json.writeObjectPropertyStart(name);
    counts.forEach(json::writeNumberProperty);
    json.writeEndObject();
  }

  /** In seconds; null where nothing was measured. */
  private static void write(JsonGenerator json, Measure measure, Percentiles values) {
    json.writeObjectPropertyStart(measure.field());
    number(json, "mean", values.mean());
    PERCENTS.forEach(percent -> number(json, "p" + percent, values.at(percent)));
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, double value) {
    if (Double.isNaN(value)) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, value);
    }
  }

  private double rate(long count) {
    return count / report.seconds();
  }
}
