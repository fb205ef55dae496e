package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class IdempotencyTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final ManagementClient OPERATOR = ManagementClient.operator();
  private static final int AT_ONCE = 32;

  @Test
  void a_request_sent_again_gets_the_first_answer_even_a_keys_text() {
    String key = UUID.randomUUID().toString();
    String body = ManagementClient.newKey("twice", "inference");

    HttpResponse<String> first = post(OPERATOR, "/api/v1/keys", body, key);
    HttpResponse<String> again = post(OPERATOR, "/api/v1/keys", body, key);

    assertThat(expect(201, again)).isEqualTo(expect(201, first));
    assertThat(header(again, "Location")).isEqualTo(header(first, "Location")).isNotEmpty();
    assertThat(header(again, "Content-Type")).isEqualTo(header(first, "Content-Type"));
    assertThat(header(first, "Idempotent-Replayed")).isEmpty();
    assertThat(header(again, "Idempotent-Replayed")).isEqualTo("true");
    assertThat(header(again, "x-request-id")).isNotEqualTo(header(first, "x-request-id"));
    ManagementClient made = new ManagementClient(expect(201, again).path("key").stringValue());
    assertThat(made.status("GET", "/v1/models")).isEqualTo(200);
  }

  @Test
  void a_refusal_is_kept_too() {
    String key = UUID.randomUUID().toString();
    String body = ManagementClient.newKey("", "nothing");

    HttpResponse<String> first = post(OPERATOR, "/api/v1/keys", body, key);
    HttpResponse<String> again = post(OPERATOR, "/api/v1/keys", body, key);

    assertThat(expect(400, again)).isEqualTo(expect(400, first));
    assertThat(header(again, "Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void a_key_stands_for_one_request_of_one_api_key_of_one_tenant() {
    ManagementClient own = ManagementClient.tenant("repeating", "adapters");
    ManagementClient colleague = own.makeOwnKey("colleague", "adapters");
    String key = "the first of the month";
    String body = ManagementClient.newKey("monthly", "inference");
    JsonNode made = expect(201, post(own, "/api/v1/keys", body, key));

    for (HttpResponse<String> other :
        List.of(
            post(own, "/api/v1/keys", body.replace("monthly", "yearly"), key),
            post(own, "/api/v1/keys?x=1", body, key),
            post(own, "/api/v1/adapters/a/versions", "", key),
            post(colleague, "/api/v1/keys", body, key))) {
      assertThat(expect(422, other).path("code").stringValue()).isEqualTo("idempotency_key_reused");
      assertThat(other.body()).doesNotContain(made.path("key").stringValue());
    }
    JsonNode elsewhere = expect(201, post(OPERATOR, "/api/v1/keys", body, key));
    assertThat(elsewhere.path("id")).isNotEqualTo(made.path("id"));
    expect(
        201,
        OPERATOR.send(
            "POST",
            "/api/v1/keys",
            body,
            "Idempotency-Key",
            key + "!",
            "x-heddle-tenant",
            "repeating"));
  }

  @Test
  void of_many_at_once_one_runs() throws InterruptedException, ExecutionException {
    String key = UUID.randomUUID().toString();
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < AT_ONCE; i++) {
        answers.add(
            threads.submit(() -> post(OPERATOR, "/api/v1/adapters/once/versions", "", key)));
      }
    }
    int first = 0;
    for (Future<HttpResponse<String>> answer : answers) {
      HttpResponse<String> response = answer.get();
      if (response.statusCode() == 409) {
        assertThat(expect(409, response).path("code").stringValue())
            .isEqualTo("idempotency_in_progress");
        assertThat(header(response, "Retry-After")).isNotEmpty();
      } else {
        assertThat(expect(201, response).path("number").intValue()).isEqualTo(1);
        first += header(response, "Idempotent-Replayed").isEmpty() ? 1 : 0;
      }
    }
    assertThat(first).isEqualTo(1);
    assertThat(OPERATOR.get("/api/v1/adapters/once/versions").path("items")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "idempotency_key, insert into idempotency_key", // before the request runs
    "pin, delete from pin" // while it runs
  })
  void a_client_that_left_is_told_later_what_its_request_came_to(String table, String statement)
      throws Exception {
    String key = UUID.randomUUID().toString();
    String path = "/api/v1/adapters/sql/versions/1:unpin";
    try (HeldTable held = new HeldTable(table)) {
      try (Socket client = connect()) {
        client.getOutputStream().write(rawPost(path, key));
        held.awaitWaiter(statement);
      }
      for (int i = 0; i < 10; i++) { // the server sees meanwhile that the client has left
        expect(200, PLATFORM.get("/v1/models"));
      }
    }

    awaitClaim(key); // else the second request might be the first to take the key
    HttpResponse<String> later = post(OPERATOR, path, "", key);
    long end = System.nanoTime() + IdempotencyKeys.LEASE.toNanos() / 2;
    while (later.statusCode() == 409 && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
      later = post(OPERATOR, path, "", key);
    }

    expect(200, later);
    assertThat(header(later, "Idempotent-Replayed")).isEqualTo("true");
  }

  /** Waits until a request has taken a key. */
  private static void awaitClaim(String key) throws Exception {
    byte[] sha256 =
        MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII));
    RegistryDatabase database = PLATFORM.bean(RegistryDatabase.class);
    while (!database.read(
        jdbc -> // the test's own limit of time ends it
        jdbc.sql("select exists (select 1 from idempotency_key where key_sha256 = :key)")
                .param("key", sha256)
                .query(Boolean.class)
                .single())) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static Socket connect() throws IOException {
    URI url = URI.create(PLATFORM.url());
    return new Socket(url.getHost(), url.getPort());
  }

  private static byte[] rawPost(String path, String key) {
    String head =
        """
        POST %s HTTP/1.1
        Host: localhost
        Authorization: Bearer %s
        Content-Type: application/json
        Content-Length: 0
        Idempotency-Key: %s

        """;
    return head.formatted(path, OPERATOR.key(), key)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tabs\tinside", "more than 255 characters: "})
  void a_key_that_cannot_be_one_is_refused(String start) {
    String key = start.contains(":") ? start + "x".repeat(255) : start;
    JsonNode problem = expect(400, post(OPERATOR, "/api/v1/keys", "{}", key));

    assertThat(problem.path("detail").stringValue()).contains("Idempotency-Key");
  }

  private static HttpResponse<String> post(
      ManagementClient client, String path, String body, String key) {
    return client.send("POST", path, body, "Idempotency-Key", key);
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
