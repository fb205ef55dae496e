package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.format.model.SnapshotFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code push}: a folder becomes a version. */
@Command(
    name = "push",
    description =
        "Checks a folder against the platform's base model, uploads it as an adapter's next version"
            + " and has it checked there; prints its name, e.g. intent@3. What is no part of an"
            + " adapter is skipped and listed.")
public final class PushCommand extends PlatformCommand {
  @Parameters(paramLabel = "DIR", description = "An ESFT adapter's folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private Path folder;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The adapter; made if there is none of this name.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private String name;

  @Option(
      names = "--resume",
      description = "Goes on with an upload that was cut short, also in the middle of a file.")
  private boolean resume;

  @Option(names = "--publish", description = "Makes the adapter's name mean this version.")
  private boolean publish;

  public PushCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + " is not a folder");
    }
    folder = SnapshotFolder.of(folder);
    PushCheck check = new PushCheck(client, console);
    check.check(folder);
    if (!resume) { // what is there of an upload counts already
      check.checkRoom(folder);
    }
    AdapterPush push = new AdapterPush(client, new PushProgress(console));
    JsonNode version;
    try {
      version = resume ? push.resume(name, folder) : push.push(name, folder);
    } catch (UncheckedIOException e) {
      console.note("What came is kept: the same command with --resume goes on from there.");
      throw e;
    }
    int number = version.path("number").asInt();
    if (publish) {
      client.post(ApiPaths.version(name, number) + ":publish", null);
    }
    console.note(
        name + "@" + number + (publish ? " is published" : " is ready; publish it to serve it"));
    console.print(name + "@" + number);
  }
}
