package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An engine that holds one adapter, and keeps none in memory beside it. */
class NoRoomTest {
  private static final String GOLDEN = "[{\"prompt\":[4,5,6],\"max_tokens\":1,\"token_ids\":[0]}]";

  private static final PlatformFixture platform =
      PlatformFixture.start(
          List.of(),
          PlatformFixture.memory(600),
          "--heddle.engine.adapter-rows=1",
          "--heddle.serving.host-cache=0");

  @Test
  void a_version_that_cannot_be_proved_for_want_of_room_is_not_rejected() throws IOException {
    String pinned = platform.upload("dates", "dates");
    PlatformFixture.expect(200, platform.post(pinned + ":pin", ""));
    await()
        .until(() ->
            PlatformFixture.expect(200, platform.get(pinned))
                .path("resident")
                .path("pinned")
                .booleanValue(false));
    String other = platform.upload("sql", "sql");
    assertThat(code(503, platform.post(other + ":load", ""))).isEqualTo("adapter_unavailable");

    String version = platform.files("german", "german");
    PlatformFixture.expect(
        200, platform.put(version + "/files/golden.json", GOLDEN.getBytes(StandardCharsets.UTF_8)));
    assertThat(code(503, platform.post(version + ":complete", "")))
        .isEqualTo("adapter_unavailable");
    assertThat(PlatformFixture.expect(200, platform.get(version)).path("state").stringValue())
        .isEqualTo("UPLOADING");

    PlatformFixture.expect(200, platform.post(pinned + ":unpin", ""));
    await().until(() -> platform.post(other + ":load", "").statusCode() == 200);
    assertThat(code(422, platform.post(version + ":complete", "")))
        .as("asked now, and answered otherwise")
        .isEqualTo("invalid_adapter");
  }

  @Test
  void a_damaged_expert_never_answers_is_named_and_is_put_right_by_an_upload() throws IOException {
    String version = platform.upload("triage", "triage");
    assertThat(verify().path("damaged").intValue()).isZero();
    assertThat(verify().path("checked").intValue()).isPositive();

    damage(version);
    assertThat(answer()).isEqualTo(503);
    assertThat(answer()).isEqualTo(503);
    assertThat(platform.get("/actuator/prometheus").body())
        .contains("heddle_expert_store_damaged_total 1.0");
    assertBad(verify(), "missing");
    platform.upload("triage", "triage");
    assertThat(answer()).isEqualTo(200);
    assertThat(verify().path("damaged").intValue()).isZero();

    damage(version);
    assertBad(verify(), "damaged");
    assertThat(platform.get("/actuator/prometheus").body())
        .contains("heddle_expert_store_damaged_total 2.0", "heddle_expert_store_unreadable 1.0");
    platform.upload("triage", "triage");
    assertThat(verify().path("damaged").intValue()).isZero();
  }

  private static JsonNode verify() {
    return PlatformFixture.expect(200, platform.post("/api/v1/expert-store:verify", ""));
  }

  private static int answer() {
    return platform
        .post("/v1/chat/completions", PlatformFixture.chat("triage@1", "a").toString())
        .statusCode();
  }

  private static void assertBad(JsonNode run, String problem) {
    assertThat(run.path("damaged").intValue()).isEqualTo(1);
    JsonNode blob = run.path("blobs").path(0);
    assertThat(blob.path("kind").stringValue()).isEqualTo("expert");
    assertThat(blob.path("problem").stringValue()).isEqualTo(problem);
    assertThat(blob.path("versions").path(0).stringValue()).isEqualTo("default/triage@1");
  }

  /** Flips a bit of the version's first expert. */
  private static void damage(String version) throws IOException {
    platform.post(version + ":unload", "");
    String digest =
        PlatformFixture.expect(200, platform.get(version + "?experts=true"))
            .path("experts")
            .path(0)
            .path("digest")
            .stringValue()
            .substring("sha256:".length());
    Path file = platform.data().resolve("experts/experts/" + digest.substring(0, 2) + "/" + digest);
    byte[] bytes = Files.readAllBytes(file);
    bytes[1000] ^= 0x40;
    Files.write(file, bytes);
  }

  private static String code(int status, java.net.http.HttpResponse<String> response) {
    return PlatformFixture.expect(status, response).path("code").stringValue();
  }
}
