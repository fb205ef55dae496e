package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two replicas in processes of their own, on one PostgreSQL and one bucket, that forward. {@code
 * home} is the one where the adapter is at home, {@code other} the one that is asked for it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ForwardingTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String REPLICA = "x-heddle-replica";
  private static final String ADAPTER = "sql";
  private static final String PROMPT = "I need the product of all orders";
  private static final Pattern TEXT =
      Pattern.compile("\"(?:content|text)\":\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private static Path folder;
  private static Fleet fleet;
  private static PlatformProcess home;
  private static PlatformProcess other;
  private static String homeName = "";
  private static String otherName;

  @BeforeAll
  static void start() throws IOException {
    fleet =
        new Fleet(
            folder, "--heddle.replica.forwarding=forward", "--heddle.metrics.adapter-names=true");
    PlatformProcess a = fleet.launch("a");
    PlatformProcess b = fleet.launch("b");
    a.awaitReady();
    b.awaitReady();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(replicas(a))
              .hasSize(2)
              .allMatch(each -> text(each, "state").equals("serving"));
          assertThat(replicas(b))
              .hasSize(2)
              .allMatch(each -> text(each, "state").equals("serving"));
        });
    a.publish(ADAPTER);
    // One that has not heard of the version yet answers in no other's place, nor does another for
    // it.
    await()
        .atMost(SOON)
        .until(() -> {
          homeName = signature(send(a, chat(ADAPTER)));
          return homeName.equals(signature(send(b, chat(ADAPTER))));
        });
    boolean atA = homeName.equals("a");
    home = atA ? a : b;
    other = atA ? b : a;
    otherName = atA ? "b" : "a";
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  @Test
  void an_answer_is_the_one_that_the_home_gives_and_is_counted_there_alone() {
    double forwarded = forwarded("answered");
    double endedHere = ended(other);
    double endedThere = ended(home);

    HttpResponse<String> direct = send(home, chat(ADAPTER));
    HttpResponse<String> hop = send(other, chat(ADAPTER));

    assertThat(expect(200, hop).path("choices")).isEqualTo(expect(200, direct).path("choices"));
    assertThat(signature(direct)).isEqualTo(homeName);
    assertThat(signature(hop)).isEqualTo(homeName);
    assertThat(hop.headers().map().keySet()).containsAll(direct.headers().map().keySet());
    assertThat(hop.headers().firstValue("x-heddle-version")).hasValue("sql@1");
    assertThat(forwarded("answered")).isEqualTo(forwarded + 1);
    assertThat(ended(other)).isEqualTo(endedHere);
    assertThat(ended(home)).isEqualTo(endedThere + 2);
  }

  @Test
  void a_stream_passes_through_event_by_event() {
    for (String path : List.of(CHAT, "/v1/messages")) {
      HttpResponse<String> direct = send(home, path, chat(ADAPTER).put("stream", true));
      HttpResponse<String> hop = send(other, path, chat(ADAPTER).put("stream", true));

      assertThat(hop.statusCode()).isEqualTo(direct.statusCode());
      assertThat(signature(hop)).isEqualTo(homeName);
      assertThat(said(hop.body())).isNotEmpty().isEqualTo(said(direct.body()));
      assertThat(hop.headers().firstValue("content-type"))
          .isEqualTo(direct.headers().firstValue("content-type"));
    }
  }

  @Test
  void a_refusal_is_the_home_s() {
    HttpResponse<String> refused = send(other, chat(ADAPTER).put("temperature", -1));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(signature(refused)).isEqualTo(homeName);
  }

  @Test
  void a_client_that_leaves_a_stream_ends_it_at_the_home() throws Exception {
    HttpResponse<InputStream> response =
        PlatformFixture.client()
            .send(
                post(other, CHAT, endless().put("stream", true)).build(),
                BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().readNBytes(200)).hasSize(200);
    assertThat(running(home)).isPositive();
    assertThat(running(other)).isZero();
    response.body().close();
    awaitIdle(home);
  }

  @Test
  void a_client_that_leaves_an_answer_in_one_piece_ends_it_at_the_home() {
    CompletableFuture<HttpResponse<String>> answer =
        PlatformFixture.client()
            .sendAsync(post(other, CHAT, endless()).build(), BodyHandlers.ofString());
    await().atMost(SOON).until(() -> running(home) > 0 || answer.isDone());
    assertThat(answer).isNotDone();
    answer.cancel(true);
    awaitIdle(home);
  }

  @Test
  void a_request_that_was_forwarded_is_served_where_it_comes() {
    HttpResponse<String> answer =
        PlatformFixture.send(
            post(other, CHAT, chat(ADAPTER)).header("X-Heddle-Forwarded", "a stranger").build());
    assertThat(signature(answer)).isEqualTo(otherName);
    assertThat(expect(200, answer).path("choices"))
        .isEqualTo(expect(200, send(home, chat(ADAPTER))).path("choices"));
  }

  @Test
  void the_base_model_answers_where_it_is_asked() {
    assertThat(signature(send(other, chat("base")))).isEqualTo(otherName);
    assertThat(signature(send(home, chat("base")))).isEqualTo(homeName);
  }

  @Test
  void the_caller_s_own_key_is_looked_at_again_at_the_home() {
    JsonNode key =
        expect(
            201,
            PlatformFixture.send(
                home.request("/api/v1/keys")
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"label\": \"passing\", \"scopes\": [\"inference\"]}"))
                    .build()));
    String secret = text(key, "key");
    await().atMost(SOON).until(() -> with(secret, other, false).statusCode() == 200);
    assertThat(signature(with(secret, other, false))).isEqualTo(homeName);

    PlatformFixture.send(home.request("/api/v1/keys/" + text(key, "id")).DELETE().build());

    // As the other replica would send it, had it not heard of that yet.
    assertThat(with(secret, home, true).statusCode()).isEqualTo(401);
    await().atMost(SOON).until(() -> with(secret, other, false).statusCode() == 401);
  }

  @Test
  void a_gateway_reads_who_lives_what_they_hold_and_what_they_have_to_do() {
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          JsonNode there =
              replicas(other).stream()
                  .filter(each -> text(each, "name").equals(homeName))
                  .findFirst()
                  .orElseThrow();
          assertThat(text(there, "address")).isEqualTo(home.url());
          assertThat(there.path("adapters")).hasSize(1);
        });
    assertThat(metrics(home))
        .contains("vllm:num_requests_waiting 0", "vllm:kv_cache_usage_perc ")
        .containsPattern(
            "vllm:lora_requests_info\\{max_lora=\"64\",running_lora_adapters=\"[^\"]*\\bsql\\b");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void where_the_home_is_killed_a_stream_says_so_and_others_answer_in_its_place() throws Exception {
    JsonNode before = expect(200, send(home, chat(ADAPTER))).path("choices");
    HttpResponse<InputStream> stream =
        PlatformFixture.client()
            .send(
                post(other, CHAT, endless().put("stream", true)).build(),
                BodyHandlers.ofInputStream());
    assertThat(stream.body().readNBytes(200)).hasSize(200);

    home.kill();
    HttpResponse<String> after = send(other, chat(ADAPTER));

    assertThat(signature(after)).isEqualTo(otherName);
    assertThat(expect(200, after).path("choices")).isEqualTo(before);
    assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
        .contains("\"replica_lost\"")
        .doesNotContain("[DONE]");
    await().atMost(SOON).until(() -> replicas(other).size() == 1);
  }

  private static HttpResponse<String> with(String key, PlatformProcess at, boolean forwarded) {
    HttpRequest.Builder request =
        post(at, CHAT, chat(ADAPTER)).setHeader("Authorization", "Bearer " + key);
    return PlatformFixture.send(
        (forwarded ? request.header("X-Heddle-Forwarded", otherName) : request).build());
  }

  private static ObjectNode chat(String model) {
    return PlatformFixture.chat(model, PROMPT);
  }

  /** Few enough choices that the home is not too busy for more. */
  private static ObjectNode endless() {
    return chat(ADAPTER).put("ignore_eos", true).put("max_tokens", 900).put("n", 4);
  }

  private static HttpResponse<String> send(PlatformProcess at, ObjectNode body) {
    return send(at, CHAT, body);
  }

  private static HttpResponse<String> send(PlatformProcess at, String path, ObjectNode body) {
    return PlatformFixture.send(post(at, path, body).build());
  }

  private static HttpRequest.Builder post(PlatformProcess at, String path, ObjectNode body) {
    ObjectNode own = body.deepCopy();
    if (path.equals("/v1/messages")) { // which refuses what it does not know
      own.remove(List.of("logprobs", "return_token_ids"));
    }
    return at.request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(own.toString()));
  }

  private static String signature(HttpResponse<?> answer) {
    return answer.headers().firstValue(REPLICA).orElse("nobody");
  }

  private static String text(JsonNode object, String field) {
    return object.path(field).asString("");
  }

  /** A stream's text and how it ends, however it was cut into events. */
  private static String said(String events) {
    String text =
        TEXT.matcher(events).results().map(found -> found.group(1)).collect(Collectors.joining());
    return text + events.substring(events.stripTrailing().lastIndexOf("\n"));
  }

  private static List<JsonNode> replicas(PlatformProcess at) {
    HttpResponse<String> answer =
        PlatformFixture.send(at.request("/api/v1/replicas").GET().build());
    return expect(200, answer).path("replicas").valueStream().toList();
  }

  private static int running(PlatformProcess at) {
    return runtime(at).path("running").intValue();
  }

  private static JsonNode runtime(PlatformProcess at) {
    return expect(200, PlatformFixture.send(at.request("/api/v1/status").GET().build()))
        .path("runtime");
  }

  /** An answer that is not cancelled would take far longer. */
  private static void awaitIdle(PlatformProcess at) {
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> running(at) == 0 && runtime(at).path("kv_blocks_used").intValue() == 0);
  }

  private static String metrics(PlatformProcess at) {
    try {
      return at.send(at.request("/metrics")).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double forwarded(String outcome) {
    return sum(other, "heddle_requests_forwarded_total{outcome=\"" + outcome + "\"");
  }

  /** Answers of the adapter that have ended. */
  private static double ended(PlatformProcess at) {
    return sum(at, "heddle_requests_ended_total{adapter=\"default/sql@1\"");
  }

  private static double sum(PlatformProcess at, String series) {
    return metrics(at)
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
