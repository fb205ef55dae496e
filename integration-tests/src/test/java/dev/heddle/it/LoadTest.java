package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code heddle load} over the running platform. */
class LoadTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openShell() {
    shell = Shell.in(folder);
  }

  @Test
  void every_request_of_an_open_load_is_sent_timed_and_counted() throws IOException {
    Path plot = folder.resolve("times.svg");
    Ran ran =
        load(
            "--models=base,intent,sql",
            "--rate=40",
            "--requests=30",
            "--answer-tokens=4",
            "--prompt-words=3-9",
            "--ignore-eos",
            "--alpha=1",
            "--plot=" + plot);
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode report = PlatformFixture.parse(ran.out());
    assertThat(report.path("outcomes").path("ok").intValue()).as(ran.out()).isEqualTo(30);
    assertThat(report.path("answer_tokens").intValue()).isEqualTo(120);
    assertThat(report.path("prompt_tokens").intValue()).isGreaterThan(90);
    assertThat(report.path("models").path("base").intValue())
        .isGreaterThan(report.path("models").path("sql").intValue());
    JsonNode ttft = report.path("ttft_seconds");
    assertThat(ttft.path("p50").doubleValue())
        .isPositive()
        .isLessThanOrEqualTo(ttft.path("p99").doubleValue());
    assertThat(report.path("whole_seconds").path("p50").doubleValue())
        .isGreaterThanOrEqualTo(ttft.path("p50").doubleValue());
    assertThat(ran.err()).contains("30 requests", "time to first token", "goodput");
    assertThat(Files.readString(plot)).startsWith("<svg").contains("polyline").endsWith("</svg>\n");
  }

  @Test
  void a_closed_load_tells_refusals_by_their_status() {
    Ran ran = load("--models=base,nobody", "--concurrency=2", "--requests=8", "--answer-tokens=1");
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode outcomes = PlatformFixture.parse(ran.out()).path("outcomes");
    assertThat(outcomes.path("ok").intValue()).isPositive();
    assertThat(outcomes.path("404").intValue()).isPositive();
    assertThat(outcomes.path("ok").intValue() + outcomes.path("404").intValue()).isEqualTo(8);
  }

  @Test
  void wrong_options_are_named_all_at_once() {
    Ran ran = load("--models=base", "--rate=-1", "--cv=0", "--requests=0");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("--rate", "--cv", "--requests");
    assertThat(load("--models=base", "--rate=1", "--prompt-words=x").exit()).isEqualTo(2);
    assertThat(load("--models=base").exit()).as("neither rate nor concurrency").isEqualTo(2);
  }

  private Ran load(String... options) {
    String[] words = new String[options.length + 1];
    words[0] = "load";
    System.arraycopy(options, 0, words, 1, options.length);
    return shell.run(words);
  }
}
