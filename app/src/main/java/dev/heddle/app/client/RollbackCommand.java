package dev.heddle.app.client;

import dev.heddle.cli.Console;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code rollback}: a name means what it meant before. */
@Command(
    name = "rollback",
    description =
        "Makes an adapter's name, or an alias, mean what it meant before its last change.")
public final class RollbackCommand extends PlatformCommand {
  @Parameters(paramLabel = "NAME", description = "An adapter's name or an alias.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String name;

  @Option(
      names = "--to",
      paramLabel = "REVISION",
      description = "The revision to go back to, instead of the one before.")
  private @Nullable Long revision;

  public RollbackCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    JsonNode body =
        revision == null
            ? null
            : JsonNodeFactory.instance.objectNode().put("to_revision", revision);
    JsonNode alias = client.post("aliases/" + ApiPaths.segment(name) + ":rollback", body);
    console.note(name + " means " + ListCommand.targets(alias.path("targets")) + " now");
  }
}
