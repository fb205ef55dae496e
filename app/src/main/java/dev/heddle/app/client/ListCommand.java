package dev.heddle.app.client;

import dev.heddle.cli.Console;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code ls}: adapters and aliases, or the versions and revisions of one name. */
@Command(
    name = "ls",
    description =
        "Lists the adapters and aliases, with how many versions are in which state; or of one name "
            + "the versions, which of them it means, and its revisions, for rollback --to.")
public final class ListCommand extends PlatformCommand {
  @Parameters(paramLabel = "NAME", arity = "0..1", description = "An adapter or an alias.")
  private @Nullable String name;

  public ListCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    if (name == null) {
      names(client).lines().forEach(console::print);
      return;
    }
    JsonNode adapter = client.find(ApiPaths.adapter(name));
    if (!adapter.isMissingNode()) {
      new VersionTable(client, adapter).lines().forEach(console::print);
      console.print("");
    }
    revisions(client, name).lines().forEach(console::print);
  }

  private static Table names(PlatformClient client) {
    Table table = new Table("NAME", "KIND", "MEANS", "VERSIONS", "VISIBILITY", "CHANGED");
    Map<String, String> changed = new HashMap<>();
    List<JsonNode> aliases = new ArrayList<>();
    client.list(
        "aliases",
        item -> {
          changed.put(AnswerFields.text(item, "name"), AnswerFields.text(item, "changed_at"));
          if (AnswerFields.text(item, "kind").equals("alias")) {
            aliases.add(item);
          }
        });
    client.list(
        "adapters",
        item ->
            table.add(
                AnswerFields.text(item, "name"),
                "adapter",
                targets(item.path("targets")),
                states(item.path("versions")),
                AnswerFields.text(item, "visibility"),
                changed.getOrDefault(
                    AnswerFields.text(item, "name"), AnswerFields.text(item, "created_at"))));
    for (JsonNode alias : aliases) {
      table.add(
          AnswerFields.text(alias, "name"),
          "alias",
          targets(alias.path("targets")),
          "",
          "",
          AnswerFields.text(alias, "changed_at"));
    }
    return table;
  }

  private static Table revisions(PlatformClient client, String name) {
    Table table = new Table("REVISION", "MEANS", "CHANGED", "BY", "RESTORES");
    client.list(
        "aliases/" + ApiPaths.segment(name) + "/history",
        item ->
            table.add(
                AnswerFields.text(item, "revision"),
                targets(item.path("targets")),
                AnswerFields.text(item, "changed_at"),
                AnswerFields.text(item, "changed_by"),
                AnswerFields.text(item, "restores")));
    return table;
  }

  /** How many versions are in which state, without spaces: {@code ready:2,rejected:1}. */
  private static String states(JsonNode versions) {
    List<String> shown = new ArrayList<>();
    versions
        .properties()
        .forEach(state ->
            shown.add(
                state.getKey().toLowerCase(Locale.ROOT) + ":" + state.getValue().asString("")));
    return String.join(",", shown);
  }

  /**
   * Weighted versions as one reads them: {@code intent@3}, or {@code intent@3 90%, intent@4 10%}.
   */
  static String targets(JsonNode targets) {
    List<String> shown = new ArrayList<>();
    for (JsonNode target : targets) {
      String version = target.path("version").asString("");
      shown.add(targets.size() == 1 ? version : version + " " + share(targets, version));
    }
    return String.join(", ", shown);
  }

  /** The share of requests that a version gets; empty if it is none of the targets. */
  static String share(JsonNode targets, String version) {
    long sum = 0;
    long own = 0;
    for (JsonNode target : targets) {
      long weight = target.path("weight").asLong(1);
      sum += weight;
      own += target.path("version").asString("").equals(version) ? weight : 0;
    }
    return own == 0 ? "" : Math.round(100.0 * own / sum) + "%";
  }
}
