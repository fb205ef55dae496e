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

    JsonNode done = await(ManagementClient.operator(), version);

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

  @Test
  void an_import_that_failed_goes_on_when_it_is_retried() {
    ManagementClient tenant = ManagementClient.tenant("importing", "adapters");
    limitStorage("1000");
    String version = "/api/v1/adapters/late/versions/1";
    PlatformFixture.expect(
        202, tenant.send("POST", "/api/v1/adapters/late/versions:import", source("dates")));
    JsonNode failed = await(tenant, version);
    assertThat(failed.path("import").path("state").stringValue()).isEqualTo("FAILED");
    assertThat(failed.path("import").path("error").stringValue()).isNotBlank();

    limitStorage("null");
    JsonNode accepted = PlatformFixture.expect(202, tenant.send("POST", version + ":retry", ""));

    assertThat(accepted.path("import").path("error").isNull()).isTrue();
    assertThat(await(tenant, version).path("state").stringValue()).isEqualTo("READY");
    JsonNode problem = PlatformFixture.expect(409, tenant.send("POST", version + ":retry", ""));
    assertThat(problem.path("code").stringValue()).isEqualTo("import_not_failed");
  }

  private static void limitStorage(String bytes) {
    PlatformFixture.expect(
        200,
        ManagementClient.operator()
            .send(
                "PATCH",
                "/api/v1/tenants/importing",
                "{\"limits\":{\"stored_bytes\":" + bytes + "}}"));
  }

  private static String source(String folder) {
    return "{\"source\":\"" + ADAPTERS.resolve(folder).toUri() + "\"}";
  }

  private static HttpResponse<String> begin(String name, String source) {
    return PLATFORM.post(
        "/api/v1/adapters/" + name + "/versions:import", "{\"source\":\"" + source + "\"}");
  }

  private static JsonNode await(ManagementClient client, String version) {
    for (int i = 0; i < 500; i++) {
      JsonNode now = client.get(version);
      if (!now.path("import").path("state").stringValue().equals("RUNNING")) {
        return now;
      }
      LockSupport.parkNanos(50_000_000);
    }
    throw new AssertionError("it does not end");
  }
}
