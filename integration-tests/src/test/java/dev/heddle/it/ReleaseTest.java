package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A release on a machine that has a shell and little else. */
class ReleaseTest {
  /** All that the launcher calls, and what the embedded PostgreSQL is run by. */
  private static final List<String> PROGRAMS =
      List.of("sh", "dirname", "readlink", "sed", "tr", "cat", "id", "true", "unshare", "setpriv");

  private static final double MIB = 1 << 20;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES) // most of it for jlink
  void a_release_runs_without_a_jdk_and_takes_the_memory_that_its_plan_states() throws Exception {
    Path release = Release.folder();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = PlatformProcess.freePort();
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                release.resolve("heddle").toString(),
                "demo",
                "--heddle.port=" + port,
                "--heddle.data=" + folder.resolve("data"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                programs().toString(),
                "HOME",
                Files.createDirectory(folder.resolve("home")).toString(),
                "HEDDLE_MEMORY",
                "600MB",
                "HEDDLE_BOOTSTRAP_ADMIN_KEY",
                PlatformFixture.KEY));
    Process process = builder.start();
    try {
      PlatformProcess platform = PlatformProcess.of(process, log, port);
      platform.awaitSaid("Heddle is up");
      JsonNode answer = ask(platform, "intent", "turn on the lights in the kitchen");
      assertThat(answer.at("/choices/0/message/content").stringValue()).contains("intent");
      useTheKvCache(platform);
      assertResidentAsPlanned(status(platform));
    } finally {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).as("ended by SIGTERM, as it should").isEqualTo(143);
  }

  private static JsonNode ask(PlatformProcess platform, String model, String prompt)
      throws IOException {
    ObjectNode body = PlatformFixture.chat(model, prompt);
    return PlatformFixture.expect(
        200,
        platform.send(
            platform
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))));
  }

  /** Prompts of which no two begin alike, until each KV block has been written. */
  private static void useTheKvCache(PlatformProcess platform) throws IOException {
    long tokens = status(platform).path("memory_plan").path("kv_tokens").longValue();
    long written = 0;
    for (int i = 0; written < tokens + tokens / 10; i++) {
      JsonNode answer = ask(platform, "base", i + " one more".repeat(150));
      written += answer.at("/usage/total_tokens").longValue();
    }
  }

  private static JsonNode status(PlatformProcess platform) throws IOException {
    return PlatformFixture.parse(platform.send(platform.request("/api/v1/status")).body());
  }

  /** What is resident is the plan's total, less what is known to be unused, within 5 %. */
  private static void assertResidentAsPlanned(JsonNode status) {
    JsonNode plan = status.path("memory_plan");
    JsonNode cache = status.path("host_cache");
    long unused =
        plan.path("slot_bytes").longValue()
                * status.path("residency").path("slots_free").longValue()
            + cache.path("budget_bytes").longValue()
            - cache.path("bytes").longValue();
    double planned = (plan.path("total_bytes").longValue() - unused) / MIB;
    double resident = plan.path("resident_bytes").longValue() / MIB;
    String said = "resident %.0f MiB, planned %.0f MiB".formatted(resident, planned);
    System.out.println("memory of a release: " + said);
    assertThat(resident).as(said).isBetween(0.95 * planned, 1.05 * planned);
  }

  @Test
  void the_service_unit_is_one_that_systemd_accepts() throws Exception {
    if (Release.attempt(Map.of(), "systemd-analyze", "--version").exit() != 0) {
      Release.skip("the service unit is checked by systemd-analyze, which is not here");
    }
    String unit = Files.readString(Release.REPO.resolve("packaging/heddle.service"));
    assertThat(unit).contains("ExecStart=/opt/heddle/heddle serve");
    Path here =
        Files.writeString(
            folder.resolve("heddle.service"),
            unit.replace("/opt/heddle/heddle", Release.REPO.resolve("heddle").toString()));
    Release.Ran ran =
        Release.run(Map.of(), "systemd-analyze", "verify", "--man=no", here.toString());
    assertThat(ran.said()).doesNotContain("heddle.service");
  }

  private Path programs() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String program : PROGRAMS) {
      for (String place : List.of("/usr/bin", "/bin")) {
        Path found = Path.of(place, program);
        if (Files.exists(found) && Files.notExists(bin.resolve(program))) {
          Files.createSymbolicLink(bin.resolve(program), found);
        }
      }
    }
    return bin;
  }
}
