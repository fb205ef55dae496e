package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.client.PlatformCommands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Types commands for a platform, as its operator.
 *
 * @param keyFile what holds the operator's key
 */
record Shell(Path keyFile) {
  /** What a command came to. */
  record Ran(int exit, String out, String err) {}

  /**
   * @param folder where the key's file may lie
   */
  static Shell in(Path folder) {
    try {
      return new Shell(Files.writeString(folder.resolve("operator.key"), PlatformFixture.KEY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stdout of a command that does what it is to do. */
  String done(String... words) {
    Ran ran = run(words);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  /** Runs a command against the shared platform, or whatever {@code --server} names. */
  Ran run(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    if (!line.contains("--server")) {
      line.addAll(List.of("--server", PlatformFixture.get().url()));
    }
    if (!line.contains("--key-file")) {
      line.addAll(List.of("--key-file", keyFile.toString()));
    }
    return local(line.toArray(String[]::new));
  }

  /** Runs a command that needs no platform. */
  Ran local(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        PlatformCommands.run(
            words,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
