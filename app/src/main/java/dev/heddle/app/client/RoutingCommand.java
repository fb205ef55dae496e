package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code routing}: whether an adapter's tuned experts fire on its traffic. */
@Command(
    name = "routing",
    description = {
      "Shows, by layer, how many of the tokens that an adapter has had since it was loaded were",
      "sent to its tuned experts, and to which (expert:tokens)."
    })
public final class RoutingCommand extends PlatformCommand {
  @Parameters(
      paramLabel = "NAME[@N]",
      description = "A version, e.g. intent@3, or a name for all that it means.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String name;

  public RoutingCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    for (String version : versions(client)) {
      VersionArgument named = VersionArgument.of(version);
      show(client.get(ApiPaths.version(named.adapter(), named.number()) + "/routing"));
    }
  }

  private List<String> versions(PlatformClient client) {
    if (name.contains("@")) {
      return List.of(name);
    }
    List<String> versions = new ArrayList<>();
    for (JsonNode target : client.get("aliases/" + ApiPaths.segment(name)).path("targets")) {
      versions.add(target.path("version").asString(""));
    }
    if (versions.isEmpty()) {
      throw new InputException(name + " means no version: name one, as " + name + "@1");
    }
    return versions;
  }

  private void show(JsonNode routing) {
    console.note(
        "%s: %d tokens since %s, %s of what was sent went to tuned experts"
            .formatted(
                routing.path("name").asString(""),
                routing.path("tokens").asLong(0),
                routing.path("since").asString(""),
                share(routing)));
    Table table = new Table("LAYER", "SENT", "TUNED", "SHARE", "EXPERTS");
    for (JsonNode layer : routing.path("layers")) {
      long sent = 0;
      for (JsonNode count : layer.path("counts")) {
        sent += count.asLong(0);
      }
      table.add(
          layer.path("layer").asString(""),
          Long.toString(sent),
          layer.path("tuned_hits").asString(""),
          share(layer),
          experts(layer));
    }
    table.lines().forEach(console::print);
  }

  private static String share(JsonNode part) {
    JsonNode share = part.path("tuned_share");
    return share.isNumber()
        ? String.format(Locale.ROOT, "%.1f%%", 100 * share.asDouble(0))
        : "nothing";
  }

  private static String experts(JsonNode layer) {
    List<String> experts = new ArrayList<>();
    for (JsonNode column : layer.path("tuned")) {
      int expert = column.asInt(0);
      experts.add(expert + ":" + layer.path("counts").path(expert).asLong(0));
    }
    return String.join(" ", experts);
  }
}
