package dev.heddle.cli;

import dev.heddle.format.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** One command, run in this JVM: its exit code and what it printed. */
record Cli(int exitCode, String out, List<String> err) {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));

  static Cli run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int code =
        HeddleCli.run(
            words,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Cli(
        code,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8).lines().toList());
  }

  /** Stdout, which is one line of JSON. */
  JsonNode json() {
    if (exitCode != 0 || out.lines().count() != 1) {
      throw new AssertionError("exit code " + exitCode + ", stderr " + err + ", stdout " + out);
    }
    return Json.parse(out.getBytes(StandardCharsets.UTF_8), "stdout");
  }

  static Path oracle(String name) {
    return REPO.resolve("testdata/oracle").resolve(name);
  }

  static Path demo() {
    return REPO.resolve("demo");
  }
}
