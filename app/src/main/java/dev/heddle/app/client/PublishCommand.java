package dev.heddle.app.client;

import dev.heddle.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code publish}: an adapter's name means a version. */
@Command(
    name = "publish",
    description = "Makes an adapter's name mean a version, from one request to the next.")
public final class PublishCommand extends PlatformCommand {
  @Parameters(
      paramLabel = "NAME@N",
      converter = VersionArgument.Converter.class,
      description = "The version, e.g. intent@3.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private VersionArgument version;

  public PublishCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    client.post(ApiPaths.version(version.adapter(), version.number()) + ":publish", null);
    console.note(version.adapter() + " means version " + version.number() + " now");
  }
}
