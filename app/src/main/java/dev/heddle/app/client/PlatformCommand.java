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
    try (PlatformClient client = client(key())) {
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

  /** A client of the same platform by a key; the caller closes it. */
  final PlatformClient client(String key) {
    return new PlatformClient(server(), key, tenant);
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

  /** The file that the key comes from; null if it comes from the environment. */
  final @Nullable Path keyFile() {
    return keyFile == null && System.getenv("HEDDLE_KEY") != null
        ? null
        : Objects.requireNonNullElseGet(keyFile, PlatformCommand::adminKeyFile);
  }

  /** The text of the key. */
  final String key() throws IOException {
    Path file = keyFile();
    if (file == null) {
      return Objects.requireNonNull(System.getenv("HEDDLE_KEY")).strip();
    }
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
