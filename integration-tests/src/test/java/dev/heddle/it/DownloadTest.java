package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Versions come back as the folders that were uploaded; what nobody needs goes. */
class DownloadTest {
  private static final String VERSIONS = "/api/v1/adapters/intent/versions/";

  private final PlatformFixture platform = PlatformFixture.get();

  @TempDir private Path folder;

  @Test
  void an_archive_is_the_folder_that_was_uploaded() throws Exception {
    HttpResponse<InputStream> response = open(VERSIONS + "1/archive");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/x-tar");
    assertThat(response.headers().firstValue("content-disposition").orElseThrow())
        .contains("intent-1.tar");
    AdapterArchive.unpack(response.body(), folder);
    AdapterArchive.assertSame(
        folder.resolve("intent-1"), PlatformFixture.DEMO.resolve("adapters/intent"));
  }

  @Test
  void one_file_can_be_downloaded_and_what_is_not_there_is_not_found() throws Exception {
    HttpResponse<InputStream> config = open(VERSIONS + "1/files/expert_cfg.json");
    assertThat(config.body().readAllBytes())
        .isEqualTo(
            Files.readAllBytes(PlatformFixture.DEMO.resolve("adapters/intent/expert_cfg.json")));
    HttpResponse<Void> head =
        PlatformFixture.client()
            .send(
                platform
                    .request(VERSIONS + "1/files/model.safetensors")
                    .method("HEAD", BodyPublishers.noBody())
                    .build(),
                BodyHandlers.discarding());
    assertThat(head.headers().firstValueAsLong("content-length").orElseThrow()).isPositive();
    expect(404, platform.get(VERSIONS + "1/files/none.json"));
    expect(404, platform.get(VERSIONS + "99/archive"));
    expect(404, platform.get("/api/v1/adapters/none/versions/1/archive"));
  }

  @Test
  void a_client_that_leaves_in_the_middle_disturbs_nobody() throws Exception {
    for (int i = 0; i < 3; i++) {
      HttpResponse<InputStream> response = open(VERSIONS + "2/archive");
      assertThat(response.body().readNBytes(10_000)).hasSize(10_000);
      response.body().close();
    }
    an_archive_is_the_folder_that_was_uploaded();
  }

  @Test
  void what_is_archived_is_collected_and_nothing_that_is_ready() throws IOException {
    Path adapter = PlatformFixture.DEMO.resolve("adapters/intent");
    String version = platform.begin("short-lived");
    expect(
        200,
        platform.put(version + "/files/model.safetensors", adapter.resolve("model.safetensors")));
    expect(409, platform.get(version + "/archive"));
    expect(200, platform.delete("/api/v1/adapters/short-lived"));
    JsonNode run = expect(200, platform.post("/api/v1/expert-store:collect", ""));
    assertThat(run.path("blobs").longValue()).isPositive();
    JsonNode status = expect(200, platform.get("/api/v1/status"));
    assertThat(status.path("store").path("collections").longValue()).isPositive();
    assertThat(status.path("host_cache").path("budget_bytes").longValue()).isPositive();
    assertThat(platform.get("/actuator/prometheus").body())
        .contains("heddle_store_blobs", "heddle_host_cache_hits_total");
    expect(200, platform.get(VERSIONS + "2"));
  }

  private HttpResponse<InputStream> open(String path) throws IOException, InterruptedException {
    return PlatformFixture.client()
        .send(platform.request(path).GET().build(), BodyHandlers.ofInputStream());
  }
}
