package dev.heddle.app.client;

import dev.heddle.cli.Console;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code ls}: adapters and aliases, or one adapter's versions. */
@Command(
    name = "ls",
    description = "Lists the adapters and aliases, or the versions of one adapter.")
public final class ListCommand extends PlatformCommand {
  @Parameters(paramLabel = "NAME", arity = "0..1", description = "An adapter.")
  private @Nullable String adapter;

  public ListCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    Table table = adapter == null ? names(client) : versions(client, adapter);
    table.lines().forEach(console::print);
  }

  private static Table names(PlatformClient client) {
    Table table = new Table("NAME", "KIND", "MEANS", "VISIBILITY", "CHANGED");
    Map<String, String> visibility = new HashMap<>();
    client.list("adapters", item -> visibility.put(text(item, "name"), text(item, "visibility")));
    client.list(
        "aliases",
        item ->
            table.add(
                text(item, "name"),
                text(item, "kind"),
                targets(item.path("targets")),
                visibility.getOrDefault(text(item, "name"), ""),
                text(item, "changed_at")));
    return table;
  }

  private static Table versions(PlatformClient client, String adapter) {
    Table table = new Table("VERSION", "STATE", "BYTES", "CREATED", "DIGEST");
    client.list(
        ApiPaths.versions(adapter),
        item ->
            table.add(
                text(item, "name"),
                text(item, "state"),
                text(item, "bytes"),
                text(item, "created_at"),
                text(item, "digest")));
    return table;
  }

  /**
   * Weighted versions as one reads them: {@code intent@3}, or {@code intent@3 90%, intent@4 10%}.
   */
  static String targets(JsonNode targets) {
    long sum = 0;
    for (JsonNode target : targets) {
      sum += target.path("weight").asLong(1);
    }
    List<String> shown = new ArrayList<>();
    for (JsonNode target : targets) {
      String version = target.path("version").asString("");
      long percent = Math.round(100.0 * target.path("weight").asLong(1) / sum);
      shown.add(targets.size() == 1 ? version : version + " " + percent + "%");
    }
    return String.join(", ", shown);
  }

  private static String text(JsonNode item, String field) {
    JsonNode value = item.path(field);
    return value.isMissingNode() || value.isNull() ? "" : value.asString("");
  }
}
