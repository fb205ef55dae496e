package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.app.client.PlatformClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests made up from the API's document by schemathesis, on a platform of their own: none is
 * answered by a failure of the server. {@code tools/api-fuzz/setup} installs it; {@code
 * HEDDLE_SCHEMATHESIS} says where it is, {@code -Dheddle.api-fuzz.seconds} how long it runs.
 */
class ApiFuzzTest {
  private static final Logger log = LoggerFactory.getLogger(ApiFuzzTest.class);
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));
  private static final int SECONDS = Integer.getInteger("heddle.api-fuzz.seconds", 30);
  private static final long SEED =
      Long.getLong("heddle.api-fuzz.seed", System.nanoTime() & Integer.MAX_VALUE);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void no_request_is_answered_by_a_server_error() throws Exception {
    String program = System.getenv("HEDDLE_SCHEMATHESIS");
    if (program == null) {
      log.warn("SKIPPED: schemathesis is not installed; see tools/api-fuzz/setup");
    }
    assumeTrue(program != null, "HEDDLE_SCHEMATHESIS is not set");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path output = folder.resolve("schemathesis.txt");
    try (PlatformProcess platform = PlatformProcess.start(folder.resolve("data"))) {
      makeIntent(platform);
      Process fuzzer =
          new ProcessBuilder(command(program, platform.url()))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = fuzzer.waitFor(SECONDS * 3L + 60, TimeUnit.SECONDS);
      fuzzer.destroyForcibly();
      String printed = Files.readString(output);
      log.info("schemathesis, seed {}:\n{}", SEED, printed);
      assertThat(ended).as(printed).isTrue();
      assertThat(fuzzer.exitValue()).as(printed + platform.log()).isZero();
    }
  }

  private static void makeIntent(PlatformProcess platform) {
    platform.publish("intent");
    try (PlatformClient client = platform.client()) {
      // One name for a tenant and an adapter: the document calls both parameters so.
      client.post("tenants", PlatformFixture.parse("{\"name\": \"intent\"}"));
    }
  }

  private static List<String> command(String program, String url) {
    return List.of(
        program,
        "--config-file",
        REPO.resolve("tools/api-fuzz/schemathesis.toml").toString(),
        "run",
        REPO.resolve("docs/openapi.json").toString(),
        "--url",
        url,
        "--header",
        "Authorization: Bearer " + PlatformFixture.KEY,
        "--checks",
        "not_a_server_error",
        "--exclude-path",
        "/api/v1/keys/{id}", // it would revoke its own key, and see nothing but 401 from then on
        "--continue-on-failure",
        "--workers",
        "1", // its coverage phase fails in CPython 3.11 with several
        "--max-time",
        Integer.toString(SECONDS),
        "--request-timeout",
        "60",
        "--seed",
        Long.toString(SEED),
        "--no-color");
  }
}
