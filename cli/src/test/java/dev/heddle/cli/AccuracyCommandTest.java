package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code heddle accuracy} on the demo's held-out questions, and what int8 costs there. */
class AccuracyCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"intent-v2", "sql", "dates", "german", "triage", "redact", "tools"})
  void int8_loses_half_a_percent_at_most(String adapter) {
    JsonNode stored = accuracy(adapter, "stored");
    JsonNode int8 = accuracy(adapter, "int8");

    assertThat(stored.path("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(int8.path("accuracy").asDouble())
        .isGreaterThanOrEqualTo(stored.path("accuracy").asDouble() - 0.005);
    assertThat(int8.path("perplexity").asDouble())
        .isCloseTo(stored.path("perplexity").asDouble(), within(0.005));
    assertThat(int8.path("perplexity")).isNotEqualTo(stored.path("perplexity"));
  }

  private static JsonNode accuracy(String adapter, String weights) {
    Path demo = Cli.demo();
    return Cli.run(
            "accuracy",
            "--model",
            demo.resolve("base"),
            "--adapter",
            demo.resolve("adapters").resolve(adapter),
            "--examples",
            demo.resolve("examples").resolve(adapter + ".jsonl"),
            "--weights",
            weights,
            adapter.equals("tools") ? "--tools=" + demo.resolve("tools.json") : "--threads=2")
        .json();
  }

  @Test
  void every_line_that_is_no_example_is_named() throws IOException {
    Path file = folder.resolve("bad.jsonl");
    Files.writeString(
        file,
        """
        {"prompt": "a", "expected": "b"}
        {"prompt": "a"}

        not json
        """);
    Cli cli = Cli.run("accuracy", "--model", Cli.demo().resolve("base"), "--examples", file);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .hasSize(2)
        .anyMatch(line -> line.contains("line 2: has no \"prompt\" and \"expected\""))
        .anyMatch(line -> line.contains("line 4"));
  }
}
