package dev.heddle.app.client;

import dev.heddle.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rm}: a version, or an adapter, is archived. */
@Command(
    name = "rm",
    description =
        "Archives a version, or an adapter with all its versions, for good: nobody can call them any "
            + "more, their files go, and the names are not used again. What a name still means is refused: "
            + "unpublish it, or publish another version, first.")
public final class RemoveCommand extends PlatformCommand {
  @Parameters(
      paramLabel = "NAME[@N]",
      description = "A version, e.g. intent@3, or an adapter's name for all of it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String name;

  public RemoveCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    if (name.contains("@")) {
      VersionArgument version = VersionArgument.of(name);
      client.delete(ApiPaths.version(version.adapter(), version.number()));
      console.note(name + " is archived");
    } else {
      client.delete(ApiPaths.adapter(name));
      console.note(name + " is archived with all its versions");
    }
  }
}
