package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code heddle score}, held against what transformers computes (tools/expert-scores). */
class ScoreCommandTest {
  private static final Path BASE = Cli.demo().resolve("base");
  private static final Path GOLDEN =
      Path.of(System.getProperty("heddle.repo"), "gpu-runtime/src/test/resources/dev/heddle/score");
  private static final Path SAMPLES = GOLDEN.resolve("samples.jsonl");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"reference", "vector"})
  void scores_are_those_of_the_papers_formulas(String backend) {
    JsonNode golden = Json.read(GOLDEN.resolve("scores.json"), Json.LISTING_BYTES);
    JsonNode scored = score("--backend", backend).json();

    assertThat(scored.path("samples").asInt()).isEqualTo(golden.path("lengths").size());
    long tokens = 0;
    for (JsonNode length : golden.path("lengths")) {
      tokens += length.asLong();
    }
    assertThat(scored.path("tokens").asLong()).isEqualTo(tokens);
    assertThat(scored.path("layers").size()).isEqualTo(golden.path("layers").size());
    for (int layer = 0; layer < golden.path("layers").size(); layer++) {
      JsonNode expected = golden.path("layers").get(layer);
      JsonNode computed = scored.path("layers").get(layer);
      assertThat(computed.path("layer")).isEqualTo(expected.path("layer"));
      for (String kind : new String[] {"gate", "token"}) {
        for (int e = 0; e < 32; e++) {
          assertThat(computed.path(kind).get(e).asDouble())
              .isCloseTo(expected.path(kind).get(e).asDouble(), within(1e-6));
        }
      }
    }
  }

  @Test
  void the_chosen_experts_are_those_of_the_golden_and_are_written_as_expert_cfg() {
    JsonNode golden = Json.read(GOLDEN.resolve("scores.json"), Json.LISTING_BYTES);
    for (JsonNode choice : golden.path("choices")) {
      Path out = folder.resolve("expert_cfg.json");
      JsonNode scored =
          score(
                  "--score",
                  choice.path("score").asString(),
                  "--p",
                  choice.path("p").asString(),
                  "--out",
                  out)
              .json();

      assertThat(scored.path("expert_cfg").path("experts")).isEqualTo(choice.path("experts"));
      assertThat(Json.read(out, Json.CONFIG_BYTES)).isEqualTo(scored.path("expert_cfg"));
      int chosen = 0;
      for (JsonNode experts : choice.path("experts")) {
        chosen += experts.size();
      }
      assertThat(scored.path("slots").asInt()).isEqualTo(chosen);
      assertThat(scored.path("bytes").asLong()).isEqualTo(chosen * 3L * 192 * 96 * 2);
      assertThat(scored.path("layers_below_p")).isEmpty();
    }
  }

  @Test
  void samples_are_cut_to_a_length_and_the_run_ends_at_a_number_of_tokens() {
    JsonNode cut = score("--max-length", 20).json();
    assertThat(cut.path("cut").asInt()).isEqualTo(19);
    JsonNode few = score("--max-tokens", 40).json();
    assertThat(few.path("samples").asInt()).isEqualTo(2);
    assertThat(few.path("tokens").asInt()).isEqualTo(16 + 26);
  }

  @Test
  void every_line_that_is_no_sample_is_named() throws IOException {
    Path data = folder.resolve("bad.jsonl");
    Files.writeString(
        data,
        """
        {"text": "a good one"}
        {"text": ""}

        not json
        {"prompt": "neither"}
        {"text": "a", "messages": []}
        {"messages": [{"role": "user"}]}
        {"messages": []}
        ["text"]
        """);
    Cli cli = Cli.run("score", "--model", BASE, "--data", data);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .satisfiesExactly(
            line -> assertThat(line).contains("line 2", "not empty"),
            line -> assertThat(line).contains("line 4"),
            line -> assertThat(line).contains("line 5", "either text or messages"),
            line -> assertThat(line).contains("line 6", "either text or messages"),
            line -> assertThat(line).contains("line 7", "role and a content"),
            line -> assertThat(line).contains("line 8", "at least one message"),
            line -> assertThat(line).contains("line 9", "either text or messages"));
  }

  @Test
  void everything_wrong_with_the_options_is_told_at_once_and_nothing_is_written() {
    Cli cli =
        Cli.run(
            "score",
            "--model",
            BASE,
            "--data",
            folder.resolve("absent"),
            "--p",
            "2",
            "--out",
            folder.resolve("no/folder"));
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .anyMatch(line -> line.contains("--p: 2.0 is not above 0"))
        .anyMatch(line -> line.contains("--data:") && line.contains("is not a file"))
        .anyMatch(line -> line.contains("--out:"));
    assertThat(folder).isEmptyDirectory();
    assertThat(score("--score", "best").err()).anyMatch(line -> line.contains("--score"));
  }

  private static Cli score(Object... more) {
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"score", "--model", BASE, "--data", SAMPLES}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return Cli.run(words);
  }
}
