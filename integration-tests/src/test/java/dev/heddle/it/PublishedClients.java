package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * guidellm and lm-eval, unchanged, against the demo's adapters. {@code tools/clients/setup}
 * installs them; where that fails, as without a network, nothing is run. Only with the profile
 * clients.
 */
class PublishedClients {
  private static final Logger log = LoggerFactory.getLogger(PublishedClients.class);
  private static final Path TOOLS = Path.of(System.getProperty("heddle.repo"), "tools", "clients");
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @TempDir static Path out;

  /** Installing takes minutes the first time, on a slow line many. */
  @BeforeAll
  @Timeout(value = 70, unit = TimeUnit.MINUTES)
  static void run() throws Exception {
    boolean installed = exit("setup.log", TOOLS.resolve("setup").toString()) == 0;
    if (!installed) {
      log.warn("SKIPPED: guidellm and lm-eval cannot be installed:\n{}", printed("setup.log"));
    }
    assumeTrue(installed, "guidellm and lm-eval cannot be installed");
    assertThat(exit("run.log", TOOLS.resolve("run").toString(), PLATFORM.url(), out.toString()))
        .as(printed("run.log"))
        .isZero();
    log.info("the clients said:\n{}", printed("run.log"));
  }

  @Test
  void guidellm_measures_chats_and_completions_without_an_error() throws IOException {
    for (String load : List.of("chat", "completions")) {
      JsonNode report = read(out.resolve("guidellm-" + load + ".json"));
      JsonNode totals = report.path("benchmarks").path(0).path("metrics").path("request_totals");

      assertThat(totals.path("successful").intValue()).as(load).isEqualTo(40);
      assertThat(totals.path("errored").intValue()).as(load).isZero();
    }
  }

  @Test
  void lm_eval_finds_the_adapter_as_good_as_it_is_and_scores_prompts() throws IOException {
    assertThat(result("lm-eval-chat", "heddle_intent", "exact_match,none")).isGreaterThan(0.85);
    assertThat(result("lm-eval-completions", "heddle_choice", "acc,none")).isGreaterThan(0.7);
  }

  private static double result(String folder, String task, String metric) throws IOException {
    try (Stream<Path> files = Files.walk(out.resolve(folder))) {
      Path results =
          files
              .filter(file -> String.valueOf(file.getFileName()).startsWith("results_"))
              .findFirst()
              .orElseThrow();
      return read(results).path("results").path(task).path(metric).asDouble();
    }
  }

  private static int exit(String output, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(out.toFile(), output));
    builder.environment().put("HEDDLE_KEY", PlatformFixture.KEY);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }

  private static String printed(String output) throws IOException {
    return Files.readString(out.resolve(output));
  }

  private static JsonNode read(Path file) throws IOException {
    return PlatformFixture.parse(Files.readString(file));
  }
}
