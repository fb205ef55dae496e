package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.format.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * Three replicas behind one address, each in a process of its own: whichever a request comes to, it
 * is answered as by one server, also while they are restarted one after the other.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RollingTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final Path SQL = PlatformFixture.DEMO.resolve("adapters/sql");
  private static final String VERSION = "/api/v1/adapters/sql/versions/1";
  private static final int PARTS = 7;
  private static final int MEGABYTE = 1 << 20;

  /**
   * How long a balancer may take to hear that an endpoint is to stop; the replicas linger longer.
   */
  private static final Duration HEARD = Duration.ofMillis(1500);

  @TempDir private static Path folder;
  private static Fleet fleet;
  private static List<PlatformProcess> replicas;
  private static RoundRobin service;

  @BeforeAll
  static void start() throws IOException {
    fleet =
        new Fleet(
            folder,
            "--heddle.replica.forwarding=forward",
            "--heddle.engine.threads=1",
            "--heddle.serving.linger=3s",
            "--heddle.serving.drain-wait=20s");
    replicas = List.of(fleet.launch("a"), fleet.launch("b"), fleet.launch("c"));
    for (PlatformProcess replica : replicas) {
      replica.awaitReady();
    }
    service = new RoundRobin(replicas.stream().map(PlatformProcess::url).toList());
    await().until(() -> live(replicas.getFirst()) == 3 && live(replicas.getLast()) == 3);
  }

  @AfterAll
  static void stop() throws IOException {
    service.close();
    fleet.close();
  }

  @Test
  @Order(1)
  void an_upload_may_come_to_any_replica_at_each_step() throws Exception {
    expect(201, send(request("/api/v1/adapters/sql/versions").POST(noBody())));
    expect(
        200,
        send(
            request(VERSION + "/files/expert_cfg.json")
                .PUT(BodyPublishers.ofFile(SQL.resolve("expert_cfg.json")))));
    sendInParts(Files.readAllBytes(SQL.resolve("model.safetensors")));
    assertThat(expect(200, send(request(VERSION + "/files").GET())).path("items")).hasSize(2);

    HttpRequest.Builder complete =
        request(VERSION + ":complete").header("Idempotency-Key", "once").POST(noBody());
    assertThat(expect(200, send(complete)).path("state").stringValue()).isEqualTo("READY");
    HttpResponse<String> again = send(complete);
    assertThat(again.headers().firstValue("idempotent-replayed")).hasValue("true");
    expect(200, send(request(VERSION + ":publish").POST(noBody())));

    JsonNode example = CrashTest.example("sql");
    ObjectNode chat = PlatformFixture.chat("sql", example.path("prompt").stringValue());
    for (PlatformProcess replica : replicas) {
      await().until(() -> replica.send(replica.request("/v1/models/sql")).statusCode() == 200);
      assertThat(expect(200, send(json(CHAT, chat))).path("choices").path(0).path("token_ids"))
          .isEqualTo(example.path("tokens"));
    }
  }

  /** By tus, each part on a connection of its own, so at the next replica. */
  private static void sendInParts(byte[] file) {
    String sha256 = HexFormat.of().formatHex(Digests.sha256().digest(file));
    HttpResponse<String> created =
        send(
            tus(VERSION + "/uploads")
                .header("Upload-Length", Integer.toString(file.length))
                .header(
                    "Upload-Metadata",
                    "filename " + base64("model.safetensors") + ",sha256 " + base64(sha256))
                .POST(noBody()));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    String upload = created.headers().firstValue("location").orElseThrow();
    for (int part = 0; part < PARTS; part++) {
      int from = (int) ((long) file.length * part / PARTS);
      int to = (int) ((long) file.length * (part + 1) / PARTS);
      HttpResponse<String> sent =
          send(part(upload, from, BodyPublishers.ofByteArray(Arrays.copyOfRange(file, from, to))));
      assertThat(sent.statusCode()).as(sent.body()).isEqualTo(204);
      HttpResponse<String> asked = send(tus(upload).method("HEAD", noBody()));
      assertThat(asked.headers().firstValue("upload-offset")).hasValue(Integer.toString(to));
    }
  }

  private static HttpRequest.Builder tus(String path) {
    return request(path).header("Tus-Resumable", "1.0.0");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @Order(2)
  void a_file_passes_a_replica_that_has_not_the_memory_for_it_and_a_refusal_passes_too() {
    String version = "/api/v1/adapters/large/versions";
    expect(201, send(request(version).POST(noBody())));
    expect(200, at(0, version + "/1/files/README.md", BodyPublishers.ofString("mine")));
    HttpRequest.BodyPublisher large = BodyPublishers.ofInputStream(() -> zeros(400));
    HttpResponse<String> sent = at(1, version + "/1/files/model.safetensors", large);
    assertThat(expect(200, sent).path("bytes").longValue()).isEqualTo(400L * MEGABYTE);
    assertThat(sent.headers().firstValue("x-heddle-replica")).hasValue("a");

    HttpResponse<String> refused =
        send(
            replicas
                .get(2)
                .request(version + "/1/files/README.md")
                .header("x-checksum-sha256", "0".repeat(64))
                .PUT(BodyPublishers.ofString("not this")));
    assertThat(expect(400, refused).at("/violations/0/code").stringValue())
        .isEqualTo("file-digest");
  }

  private static HttpResponse<String> at(int replica, String path, HttpRequest.BodyPublisher body) {
    return send(replicas.get(replica).request(path).PUT(body));
  }

  private static InputStream zeros(int megabytes) {
    return new SequenceInputStream(
        Collections.enumeration(
            IntStream.range(0, megabytes)
                .mapToObj(i -> (InputStream) new ByteArrayInputStream(new byte[MEGABYTE]))
                .toList()));
  }

  @Test
  @Order(3)
  void a_browsers_session_is_known_at_every_replica() {
    HttpResponse<String> begun = send(replicas.get(0).request("/api/v1/session").POST(noBody()));
    String token = expect(200, begun).path("csrf_token").stringValue();
    String cookie = begun.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
    ObjectNode chat = PlatformFixture.chat("sql", "all orders");
    for (PlatformProcess replica : replicas) {
      HttpRequest.Builder session =
          HttpRequest.newBuilder(URI.create(replica.url() + "/api/v1/session"))
              .header("Cookie", cookie);
      assertThat(expect(200, send(session)).path("csrf_token").stringValue()).isEqualTo(token);
      HttpRequest.Builder asked =
          HttpRequest.newBuilder(URI.create(replica.url() + CHAT))
              .header("Cookie", cookie)
              .header("X-CSRF-Token", token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(chat.toString()));
      expect(200, send(asked));
    }
  }

  /**
   * What a client asks again and again.
   *
   * @param end what a whole answer has in it
   */
  private record Question(HttpRequest request, String end) {
    static Question chat(String model, boolean stream, int tokens) {
      ObjectNode chat = PlatformFixture.chat(model, "all orders");
      chat.put("stream", stream).put("ignore_eos", true).put("max_tokens", tokens);
      String end = stream ? "data: [DONE]" : "\"finish_reason\":\"length\"";
      return new Question(json(CHAT, chat).build(), end);
    }
  }

  /** The clients' answers, and what was wrong with some. */
  private record Load(AtomicInteger answers, Queue<String> failures) {}

  @Test
  @Order(4)
  void restarts_one_after_the_other_fail_no_request() throws Exception {
    List<Question> questions =
        List.of(
            Question.chat("base", true, 40),
            Question.chat("sql", false, 100),
            Question.chat("sql", true, 160),
            Question.chat("base", false, 220),
            Question.chat("sql", true, 280),
            Question.chat("sql", false, 340),
            new Question(request(VERSION).GET().build(), "\"READY\""));
    String upload = beginUpload();
    Load load = new Load(new AtomicInteger(), new ConcurrentLinkedQueue<>());
    CompletableFuture<Void> over = new CompletableFuture<>();
    List<Thread> clients =
        questions.stream()
            .map(question -> Thread.startVirtualThread(() -> ask(question, over, load)))
            .toList();
    try {
      for (PlatformProcess replica : replicas) {
        restart(replica);
        int before = load.answers().get();
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() ->
                load.answers().get() > before + questions.size() || !load.failures().isEmpty());
        assertThat(load.failures()).isEmpty();
      }
    } finally {
      over.complete(null);
      for (Thread client : clients) {
        client.join();
      }
    }
    assertThat(load.failures()).isEmpty();
    System.out.printf("%d answers during three restarts, none failed%n", load.answers().get());
    assertThat(send(part(upload, 4, "more")).statusCode()).isEqualTo(204);
  }

  /** As Kubernetes does, whose balancers hear of the end some time after the pod. */
  private static void restart(PlatformProcess replica) throws IOException {
    CompletableFuture<Void> heard =
        CompletableFuture.runAsync(
            () -> service.remove(replica.url()),
            CompletableFuture.delayedExecutor(HEARD.toMillis(), TimeUnit.MILLISECONDS));
    replica.close();
    heard.join();
    assertThat(replica.log()).contains("leaving: ", " drained").doesNotContain("not drained");
    replica.startAgain();
    service.add(replica.url());
  }

  /** A client that keeps its connection, and sends nothing twice. */
  private static void ask(Question question, CompletableFuture<Void> over, Load load) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      while (!over.isDone()) {
        HttpResponse<String> answer = client.send(question.request(), BodyHandlers.ofString());
        if (answer.statusCode() != 200 || !answer.body().contains(question.end())) {
          load.failures().add(answer + " " + answer.body());
        }
        load.answers().incrementAndGet();
      }
    } catch (IOException e) {
      load.failures().add(question.request() + ": " + e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Four of eight bytes, at any replica; the upload's path. */
  private static String beginUpload() {
    String version = "/api/v1/adapters/begun/versions";
    expect(201, send(request(version).POST(noBody())));
    HttpResponse<String> created =
        send(
            tus(version + "/1/uploads")
                .header("Upload-Length", "8")
                .header("Upload-Metadata", "filename " + base64("README.md"))
                .POST(noBody()));
    String upload = created.headers().firstValue("location").orElseThrow();
    assertThat(send(part(upload, 0, "some")).statusCode()).isEqualTo(204);
    return upload;
  }

  private static HttpRequest.Builder part(String upload, int from, String text) {
    return part(upload, from, BodyPublishers.ofString(text));
  }

  private static HttpRequest.Builder part(
      String upload, int from, HttpRequest.BodyPublisher bytes) {
    return tus(upload)
        .header("Upload-Offset", Integer.toString(from))
        .header("Content-Type", "application/offset+octet-stream")
        .method("PATCH", bytes);
  }

  @Test
  @Order(5)
  void where_a_replica_is_paused_nobody_waits_for_it_and_it_comes_back() throws Exception {
    ObjectNode chat = PlatformFixture.chat("sql", "all orders").put("max_tokens", 4);
    await().until(() -> answering(chat).values().stream().distinct().count() == 1);
    String home = answering(chat).get(replicas.getFirst());
    PlatformProcess paused = replicas.get(home.charAt(0) - 'a');
    PlatformProcess other = replicas.get(paused == replicas.getFirst() ? 1 : 0);
    ObjectNode endless = chat.deepCopy().put("max_tokens", 900).put("n", 4);
    endless.put("ignore_eos", true).put("stream", true);
    HttpResponse<InputStream> stream =
        PlatformFixture.client().send(at(other, endless).build(), BodyHandlers.ofInputStream());
    assertThat(stream.body().readNBytes(200)).hasSize(200);

    paused.pause();
    try {
      assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
          .contains("\"replica_lost\"")
          .doesNotContain("[DONE]");
      HttpResponse<String> answer = send(at(other, chat));
      expect(200, answer);
      assertThat(answer.headers().firstValue("x-heddle-replica").orElseThrow()).isNotEqualTo(home);
    } finally {
      paused.resume();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> answering(chat).values().stream().allMatch(home::equals));
  }

  /** Who answers a request that comes to a replica, for each. */
  private static Map<PlatformProcess, String> answering(ObjectNode chat) {
    return replicas.stream()
        .collect(
            Collectors.toMap(
                replica -> replica,
                replica ->
                    send(at(replica, chat))
                        .headers()
                        .firstValue("x-heddle-replica")
                        .orElse("nobody")));
  }

  private static HttpRequest.Builder at(PlatformProcess replica, ObjectNode chat) {
    return replica
        .request(CHAT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(chat.toString()));
  }

  @Test
  @Order(6)
  void a_leader_whose_session_the_database_ends_leads_no_more() throws Exception {
    long epoch = number("select epoch from leadership");
    number(
        "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory'"
            + " and database = (select oid from pg_database where datname = current_database())");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          long now = number("select epoch from leadership");
          long led =
              replicas.stream()
                  .flatMap(replica -> replica.log().lines())
                  .filter(line -> line.contains("This replica leads: "))
                  .count();
          assertThat(now).isGreaterThan(epoch).isEqualTo(led);
        });
  }

  private static long number(String query) throws SQLException {
    try (Connection connection = fleet.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  @Order(7)
  void a_replica_that_is_killed_costs_what_it_was_computing_and_clients_may_send_that_again()
      throws Exception {
    List<Question> questions =
        List.of(
            Question.chat("base", true, 60),
            Question.chat("base", false, 120),
            Question.chat("sql", true, 160),
            Question.chat("sql", false, 90),
            new Question(request(VERSION).GET().build(), "\"READY\""));
    Load load = new Load(new AtomicInteger(), new ConcurrentLinkedQueue<>());
    CompletableFuture<Void> over = new CompletableFuture<>();
    List<Thread> clients =
        questions.stream()
            .map(question -> Thread.startVirtualThread(() -> insist(question, over, load)))
            .toList();
    PlatformProcess killed = replicas.get(1);
    awaitMore(load, 4 * questions.size());
    assertThat(load.failures()).isEmpty();

    service.remove(killed.url()); // no connection comes to it any more; those that are there stay
    killed.kill();
    awaitMore(load, 8 * questions.size());
    over.complete(null);
    for (Thread client : clients) {
      client.join();
    }

    System.out.printf(
        "%d answers, %d lost with a replica%n", load.answers().get(), load.failures().size());
    // One was under way for each client, and one more may have been forwarded to who was dead.
    assertThat(load.failures())
        .hasSizeLessThanOrEqualTo(2 * questions.size())
        .allMatch(lost -> lost.startsWith("cut off") || lost.contains("\"replica_lost\""));
    killed.startAgain();
    service.add(killed.url());
    expect(200, killed.send(killed.request(VERSION)));
  }

  private static void awaitMore(Load load, int answers) {
    int before = load.answers().get();
    await().atMost(Duration.ofMinutes(1)).until(() -> load.answers().get() > before + answers);
  }

  /** A client that asks on when an answer fails, on another connection if that was cut. */
  private static void insist(Question question, CompletableFuture<Void> over, Load load) {
    while (!over.isDone()) {
      try (HttpClient client =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
        while (!over.isDone()) {
          HttpResponse<String> answer = client.send(question.request(), BodyHandlers.ofString());
          if (answer.statusCode() == 200 && answer.body().contains(question.end())) {
            load.answers().incrementAndGet();
          } else {
            load.failures().add(answer + " " + answer.body());
          }
        }
      } catch (IOException e) {
        load.failures().add("cut off: " + e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  @Order(8)
  void an_upload_whose_owner_has_gone_is_refused_as_documented() {
    String version = "/api/v1/adapters/left/versions";
    expect(201, send(request(version).POST(noBody())));
    expect(200, at(2, version + "/1/files/README.md", BodyPublishers.ofString("c has it")));
    replicas.get(2).kill();

    HttpResponse<String> refused =
        at(0, version + "/1/files/LICENSE", BodyPublishers.ofString("for c"));

    assertThat(expect(503, refused).path("code").stringValue()).isEqualTo("upload_elsewhere");
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
  }

  private static int live(PlatformProcess at) throws IOException {
    return expect(200, at.send(at.request("/api/v1/replicas"))).path("replicas").size();
  }

  /** A request to the one address. */
  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(service.url() + path))
        .timeout(Duration.ofMinutes(1))
        .header("Authorization", "Bearer " + PlatformFixture.KEY);
  }

  private static HttpRequest.Builder json(String path, ObjectNode body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()));
  }

  /** On a connection of its own, so that the next request comes to the next replica. */
  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
