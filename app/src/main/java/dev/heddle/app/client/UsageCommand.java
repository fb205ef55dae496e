package dev.heddle.app.client;

import dev.heddle.cli.Console;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code usage}: what was used, and by whom. */
@Command(
    name = "usage",
    description =
        "Shows requests, tokens and seconds of the last 30 days, or of another time. An operator "
            + "sees all tenants, or with --tenant one.")
public final class UsageCommand extends PlatformCommand {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Where it begins, e.g. 2030-01-31T00:00:00Z; 30 days before --to otherwise.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Where it ends, e.g. 2030-02-28T00:00:00Z; now otherwise.")
  private @Nullable String to;

  @Option(
      names = "--group",
      paramLabel = "PERIOD",
      description = "What a line spans: hour, day or month (UTC); day otherwise.")
  private @Nullable String group;

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      description = "What a line is about: version, adapter or tenant; version otherwise.")
  private @Nullable String by;

  @Option(names = "--csv", description = "Prints comma-separated values.")
  private boolean csv;

  public UsageCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    String query = query();
    if (csv) {
      client.csv("usage" + query).lines().forEach(console::print);
      return;
    }
    Table table =
        new Table(
            "PERIOD",
            "TENANT",
            "MODEL",
            "REQUESTS",
            "PROMPT",
            "CACHED",
            "COMPLETION",
            "QUEUED SECONDS",
            "ENGINE SECONDS");
    client.list(
        "usage" + query,
        line ->
            table.add(
                AnswerFields.text(line, "period"),
                AnswerFields.text(line, "tenant"),
                AnswerFields.text(line, "model"),
                AnswerFields.text(line, "requests"),
                AnswerFields.text(line, "prompt_tokens"),
                AnswerFields.text(line, "cached_tokens"),
                AnswerFields.text(line, "completion_tokens"),
                AnswerFields.text(line, "queued_seconds"),
                AnswerFields.text(line, "engine_seconds")));
    table.lines().forEach(console::print);
  }

  /** What was asked for; the server knows what it may be. */
  private String query() {
    List<String> parts = new ArrayList<>();
    add(parts, "from", from);
    add(parts, "to", to);
    add(parts, "group", group);
    add(parts, "by", by);
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }

  private static void add(List<String> parts, String name, @Nullable String value) {
    if (value != null) {
      parts.add(name + "=" + ApiPaths.segment(value));
    }
  }
}
