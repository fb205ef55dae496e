package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

/** A platform whose experts lie in a bucket. */
class BucketTest {
  private static final Path SQL = PlatformFixture.DEMO.resolve("adapters/sql");

  @TempDir private Path folder;

  @Test
  void an_adapter_comes_answers_goes_back_and_is_collected() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path data = folder.resolve("data");
    try (S3Server server = S3Server.start()) {
      S3Settings bucket = server.bucket(Duration.ZERO);
      try (PlatformProcess platform = PlatformProcess.start(data, settings(bucket))) {
        platform.publish("sql");
        answers(platform);
        downloads(platform);
        long kept = collect(platform);
        assertThat(kept).isPositive();
        assertThat(objects(server, bucket)).hasSize((int) kept + 1); // and one says whose they are
        platform.send(platform.request("/api/v1/adapters/sql:unpublish").POST(noBody()));
        platform.send(platform.request("/api/v1/adapters/sql").DELETE());
        assertThat(collect(platform)).isZero();
        assertThat(objects(server, bucket)).hasSize(1);
      }
    }
    assertThat(data.resolve("experts")).doesNotExist();
  }

  private static String[] settings(S3Settings bucket) {
    return new String[] {
      "--heddle.store.s3.endpoint=" + bucket.endpoint(),
      "--heddle.store.s3.bucket=" + bucket.bucket(),
      "--heddle.store.s3.prefix=" + bucket.prefix(),
      "--heddle.store.s3.access-key=" + bucket.accessKey(),
      "--heddle.store.s3.secret-key=" + bucket.secretKey(),
      "--heddle.store.s3.grace=0s"
    };
  }

  /** Removes what nobody needs; how many blobs are left. */
  private static long collect(PlatformProcess platform) throws IOException {
    HttpResponse<String> run =
        platform.send(platform.request("/api/v1/expert-store:collect").POST(noBody()));
    return expect(200, run).path("blobs").longValue();
  }

  /** Token for token as the demo's authors had it, from weights that came by the bucket. */
  private static void answers(PlatformProcess platform) throws Exception {
    for (String line :
        Files.readAllLines(PlatformFixture.DEMO.resolve("examples/sql.jsonl")).subList(0, 5)) {
      JsonNode example = PlatformFixture.parse(line);
      String body = PlatformFixture.chat("sql", example.path("prompt").stringValue()).toString();
      JsonNode choice =
          expect(
                  200,
                  platform.send(
                      platform
                          .request("/v1/chat/completions")
                          .header("Content-Type", "application/json")
                          .POST(BodyPublishers.ofString(body))))
              .path("choices")
              .path(0);
      assertThat(choice.path("token_ids")).isEqualTo(example.path("tokens"));
    }
  }

  private void downloads(PlatformProcess platform) throws Exception {
    HttpResponse<InputStream> response =
        PlatformFixture.client()
            .send(
                platform.request("/api/v1/adapters/sql/versions/1/archive").GET().build(),
                BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    AdapterArchive.unpack(response.body(), folder);
    AdapterArchive.assertSame(folder.resolve("sql-1"), SQL);
  }

  private static List<String> objects(S3Server server, S3Settings bucket) {
    try (S3Client client = server.client()) {
      return client.listObjectsV2Paginator(list -> list.bucket(bucket.bucket())).contents().stream()
          .map(S3Object::key)
          .toList();
    }
  }
}
