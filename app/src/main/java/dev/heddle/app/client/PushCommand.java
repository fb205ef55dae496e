package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code push}: a folder becomes a version. */
@Command(
    name = "push",
    description =
        "Uploads a folder as an adapter's next version and has it checked; prints its name, e.g."
            + " intent@3.")
public final class PushCommand extends PlatformCommand {
  private static final int SHOWN_ABOVE_BYTES = 1 << 20;

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
      description = "Goes on with an upload that was cut short: files that are in stay in.")
  private boolean resume;

  @Option(names = "--publish", description = "Makes the adapter's name mean this version.")
  private boolean publish;

  public PushCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + " is not a folder");
    }
    AdapterPush push = new AdapterPush(client, PushCommand::shown);
    JsonNode version = resume ? push.resume(name, folder) : push.push(name, folder);
    int number = version.path("number").asInt();
    if (publish) {
      client.post(ApiPaths.version(name, number) + ":publish", null);
    }
    console.note(
        name + "@" + number + (publish ? " is published" : " is ready; publish it to serve it"));
    console.print(name + "@" + number);
  }

  private static InputStream shown(Path file, InputStream bytes) {
    long length = size(file);
    if (length < SHOWN_ABOVE_BYTES) {
      return bytes;
    }
    ProgressBarBuilder bar =
        ProgressBar.builder()
            .setTaskName(String.valueOf(file.getFileName()))
            .setInitialMax(length)
            .setUnit(" MB", 1_000_000)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed();
    return ProgressBar.wrap(bytes, bar);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // reading it will say more
    }
  }
}
