package dev.heddle.registry.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short external commands. */
final class Commands {
  private static final long LIMIT_SECONDS = 120;

  private Commands() {}

  /** Whether {@code prefix + command} can be run and ends with 0. */
  static boolean succeeds(List<String> prefix, String... command) {
    List<String> all = join(prefix, List.of(command));
    try {
      Process process =
          new ProcessBuilder(all)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return finish(process, all) == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  /**
   * Runs a command to its end, its output appended to {@code output}.
   *
   * @throws IOException if it cannot be run or does not end with 0; says the last it printed
   */
  static void run(List<String> command, Path output) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    int code = finish(process, command);
    if (code != 0) {
      throw new IOException(command.getFirst() + " ended with " + code + ": " + tail(output));
    }
  }

  /** The last lines of a log file. */
  static String tail(Path file) throws IOException {
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  static List<String> join(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static int finish(Process process, List<String> command) throws IOException {
    try {
      if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      process.destroyForcibly();
      throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    }
  }
}
