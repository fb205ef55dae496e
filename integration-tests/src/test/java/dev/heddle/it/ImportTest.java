package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ImportTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path ADAPTERS = PlatformFixture.DEMO.resolve("adapters");

  @Test
  void a_folder_of_the_server_becomes_a_version_that_answers() {
    HttpResponse<String> accepted = begin("imported", ADAPTERS.resolve("dates").toUri().toString());
    JsonNode begun = PlatformFixture.expect(202, accepted);
    String version = accepted.headers().firstValue("Location").orElseThrow();
    assertThat(begun.path("import").path("source").stringValue()).startsWith("file:///");

    JsonNode done = await(version);

    assertThat(done.path("import").path("state").stringValue()).isEqualTo("DONE");
    assertThat(done.path("state").stringValue()).isEqualTo("READY");
    assertThat(done.path("import").path("files"))
        .isEqualTo(done.path("import").path("files_total"));
    assertThat(done.path("import").path("bytes"))
        .isEqualTo(done.path("import").path("bytes_total"));
    assertThat(done.path("digest"))
        .isEqualTo(
            PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters/dates/versions/1"))
                .path("digest"));
    PlatformFixture.expect(
        200,
        PLATFORM.post("/v1/chat/completions", PlatformFixture.chat("imported@1", "a").toString()));
  }

  @Test
  void what_may_not_be_read_is_refused_as_what_is_not_there() {
    JsonNode absent = PlatformFixture.expect(400, begin("never", ADAPTERS.toUri() + "absent"));
    JsonNode outside =
        PlatformFixture.expect(
            400, begin("never", PlatformFixture.DEMO.resolve("base").toUri().toString()));
    assertThat(outside.path("violations")).isEqualTo(absent.path("violations"));
    PlatformFixture.expect(400, begin("never", "ftp://host/path"));
    PlatformFixture.expect(404, PLATFORM.get("/api/v1/adapters/never"));
  }

  private static HttpResponse<String> begin(String name, String source) {
    return PLATFORM.post(
        "/api/v1/adapters/" + name + "/versions:import", "{\"source\":\"" + source + "\"}");
  }

  private static JsonNode await(String version) {
    for (int i = 0; i < 500; i++) {
      JsonNode now = PlatformFixture.expect(200, PLATFORM.get(version));
      if (!now.path("import").path("state").stringValue().equals("RUNNING")) {
        return now;
      }
      LockSupport.parkNanos(50_000_000);
    }
    throw new AssertionError("it does not end");
  }
}
