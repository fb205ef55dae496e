package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class UploadTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void a_bad_upload_is_refused_with_every_violation_and_cannot_be_called() throws IOException {
    String version = PLATFORM.begin("broken");
    byte[] weights =
        Files.readAllBytes(PlatformFixture.DEMO.resolve("adapters/sql/model.safetensors"));
    PlatformFixture.expect(
        200, PLATFORM.put(version + "/files/model.safetensors", Arrays.copyOf(weights, 100_000)));
    PlatformFixture.expect(
        200,
        PLATFORM.put(
            version + "/files/expert_cfg.json",
            "{\"experts\":{\"1\":[0,99]}}".getBytes(StandardCharsets.UTF_8)));

    JsonNode problem = PlatformFixture.expect(422, PLATFORM.post(version + ":complete", ""));

    assertThat(problem.path("code").stringValue()).isEqualTo("invalid_adapter");
    assertThat(problem.path("violations").size()).isGreaterThan(1);
    JsonNode kept = PlatformFixture.expect(200, PLATFORM.get(version));
    assertThat(kept.path("state").stringValue()).isEqualTo("REJECTED");
    assertThat(kept.path("violations")).isEqualTo(problem.path("violations"));
    PlatformFixture.expect(409, PLATFORM.post(version + ":publish", ""));
    PlatformFixture.expect(
        404, PLATFORM.post("/v1/completions", "{\"model\":\"broken@1\",\"prompt\":\"a\"}"));
  }

  @Test
  void a_path_out_of_the_upload_and_a_wrong_checksum_leave_nothing() {
    String version = PLATFORM.begin("paths");

    PlatformFixture.expect(400, PLATFORM.put(version + "/files/..%2F..%2Fx", new byte[] {1}));
    PlatformFixture.expect(
        400,
        PlatformFixture.send(
            PLATFORM
                .request(version + "/files/expert_cfg.json")
                .header("x-checksum-sha256", "0".repeat(64))
                .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build()));
    assertThat(PlatformFixture.expect(200, PLATFORM.get(version + "/files")).path("items"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/files", "/files/"})
  void a_file_without_a_name_is_refused(String path) {
    String version = PLATFORM.begin("nameless");

    JsonNode problem = PlatformFixture.expect(400, PLATFORM.put(version + path, new byte[] {1}));

    assertThat(problem.path("violations").path(0).path("code").stringValue())
        .isEqualTo("file-name-length");
    assertThat(PlatformFixture.expect(200, PLATFORM.get(version + "/files")).path("items"))
        .isEmpty();
  }

  @Test
  void a_published_version_cannot_be_archived() {
    JsonNode problem =
        PlatformFixture.expect(409, PLATFORM.delete("/api/v1/adapters/sql/versions/1"));

    assertThat(problem.path("code").stringValue()).isEqualTo("version_published");
  }
}
