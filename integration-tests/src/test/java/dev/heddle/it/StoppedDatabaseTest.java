package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StoppedDatabaseTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String RESIDENT = "halted@1"; // nobody else's, so that its usage is known
  private static final String ABSENT = "redact";
  private static final String PROMPT = "turn on the lights in the kitchen";

  @Test
  void requests_are_answered_while_the_database_stands_still_and_management_says_so()
      throws Exception {
    PLATFORM.upload("halted", "intent");
    Said resident = ask(RESIDENT);
    Said absent = ask(ABSENT);
    PlatformFixture.expect(
        200, PLATFORM.post("/api/v1/adapters/" + ABSENT + "/versions/1:unload", ""));
    HttpResponse<InputStream> stream = startStream();
    assertThat(stream.body().readNBytes(200)).hasSize(200);

    List<ProcessHandle> database = database();
    try {
      signal("STOP", database);
      assertThat(ask(RESIDENT)).isEqualTo(resident);
      assertThat(ask(ABSENT)).isEqualTo(absent);
      assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
          .endsWith("data: [DONE]\n\n");
      CompletableFuture<HttpResponse<String>> change =
          CompletableFuture.supplyAsync(StoppedDatabaseTest::makeKey);
      assertUnavailable(PLATFORM.get("/api/v1/adapters"));
      assertUnavailable(change.join());
      assertThat(ask(RESIDENT)).isEqualTo(resident);
    } finally {
      signal("CONT", database);
    }

    String key = awaitKey();
    HttpResponse<String> answer = PLATFORM.post("/v1/chat/completions", request(RESIDENT), key);
    assertThat(Said.ofWhole(answer.body())).isEqualTo(resident);
    while (requestsTo(RESIDENT) < 5) { // before, during and after
      Thread.sleep(50);
    }
    assertThat(requestsTo(RESIDENT)).isEqualTo(5);
  }

  private static long requestsTo(String version) {
    long requests = 0;
    JsonNode sums = PlatformFixture.expect(200, PLATFORM.get("/api/v1/usage?limit=1000"));
    for (JsonNode sum : sums.path("items")) {
      if (sum.path("model").stringValue().equals(version)) {
        requests += sum.path("requests").longValue();
      }
    }
    return requests;
  }

  private static Said ask(String model) {
    HttpResponse<String> answer = PLATFORM.post("/v1/chat/completions", request(model));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Said.ofWhole(answer.body());
  }

  private static String request(String model) {
    return PlatformFixture.chat(model, PROMPT).toString();
  }

  /** Far more than can be computed before the database is stopped. */
  private static HttpResponse<InputStream> startStream() throws Exception {
    ObjectNode request =
        PlatformFixture.chat(RESIDENT, PROMPT)
            .put("stream", true)
            .put("ignore_eos", true)
            .put("max_tokens", 900)
            .put("n", 8);
    return PlatformFixture.client()
        .send(
            PLATFORM.jsonPost("/v1/chat/completions", request.toString()).build(),
            BodyHandlers.ofInputStream());
  }

  private static void assertUnavailable(HttpResponse<String> response) {
    JsonNode problem = PlatformFixture.expect(503, response);
    assertThat(problem.path("code").stringValue()).isEqualTo("database_unavailable");
  }

  private static HttpResponse<String> makeKey() {
    return PLATFORM.post("/api/v1/keys", "{\"label\":\"later\",\"scopes\":[\"inference\"]}");
  }

  /** Connections that were given up have to be made again first. */
  private static String awaitKey() throws InterruptedException {
    HttpResponse<String> made = makeKey();
    while (made.statusCode() == 503) {
      Thread.sleep(50);
      made = makeKey();
    }
    return PlatformFixture.expect(201, made).path("key").stringValue();
  }

  /** The server and the processes that serve its connections. */
  private static List<ProcessHandle> database() throws IOException {
    try (Stream<Path> files = Files.walk(PLATFORM.data().resolve("postgres"), 2)) {
      Path pidFile =
          files.filter(file -> file.endsWith("postmaster.pid")).findFirst().orElseThrow();
      long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      return Stream.concat(Stream.of(server), server.descendants()).toList();
    }
  }

  private static void signal(String signal, List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }
  }
}
