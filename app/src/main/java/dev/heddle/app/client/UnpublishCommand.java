package dev.heddle.app.client;

import dev.heddle.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code unpublish}: a name means nothing any more. */
@Command(
    name = "unpublish",
    description =
        "Makes an adapter's name, or an alias, mean nothing. Versions stay callable by number, and "
            + "rollback brings the meaning back.")
public final class UnpublishCommand extends PlatformCommand {
  @Parameters(paramLabel = "NAME", description = "An adapter's name or an alias.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String name;

  public UnpublishCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    client.delete("aliases/" + ApiPaths.segment(name)); // an adapter's own name is one of them
    console.note(name + " means nothing now; ./heddle rollback " + name + " takes that back");
  }
}
