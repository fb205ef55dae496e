package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.FailedException;
import dev.heddle.cli.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands that talk to a platform share: where it is, and who asks. */
abstract class PlatformCommand implements Callable<Integer> {
  protected final Console console;

  @Option(
      names = "--server",
      paramLabel = "URL",
      converter = ServerAddress.class,
      description =
          "The platform: else $HEDDLE_SERVER, else the one that $HEDDLE_HOST and $HEDDLE_PORT have"
              + " here, else http://127.0.0.1:8080.")
  private @Nullable URI server;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "An API key: else $HEDDLE_KEY, else the first admin key of this machine.")
  private @Nullable Path keyFile;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "The tenant to act for; for operators.")
  private @Nullable String tenant;

  PlatformCommand(Console console) {
    this.console = console;
  }

  @Override
  public final Integer call() throws IOException {
    try (PlatformClient client = new PlatformClient(server(), key(), tenant)) {
      run(client);
      return 0;
    } catch (RefusedException e) {
      throw e.status() == 400 || e.status() == 422
          ? new InputException(e.reasons())
          : new FailedException(e.reasons());
    } catch (UncheckedIOException e) {
      throw new FailedException(
          List.of(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage())));
    }
  }

  /** Does what the command is for. */
  abstract void run(PlatformClient client) throws IOException;

  /** The address that was given, or that the environment names. */
  final URI server() {
    try {
      return server == null ? ServerAddress.of(System.getenv()) : server;
    } catch (IllegalArgumentException e) {
      throw new InputException("HEDDLE_SERVER, HEDDLE_HOST or HEDDLE_PORT: " + e.getMessage());
    }
  }

  final String key() throws IOException {
    String given = System.getenv("HEDDLE_KEY");
    if (keyFile == null && given != null) {
      return given.strip();
    }
    Path file = Objects.requireNonNullElseGet(keyFile, PlatformCommand::adminKeyFile);
    if (!Files.isReadable(file)) {
      throw new InputException(
          "no API key: " + file + " cannot be read; set HEDDLE_KEY or give --key-file");
    }
    return Files.readString(file).strip();
  }

  private static Path adminKeyFile() {
    String data = System.getenv("HEDDLE_DATA");
    Path folder =
        data == null ? Path.of(System.getProperty("user.home"), ".heddle") : Path.of(data);
    return folder.resolve("admin.key");
  }
}
