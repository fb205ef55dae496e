package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.demo.Demo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients that send halves, leave early or ask for what is not there: what they get, and what the
 * log says of them.
 */
class RoughClientsTest {
  private static final String KEYED =
      "Host: x\r\nAuthorization: Bearer " + PlatformFixture.KEY + "\r\n";

  @TempDir static Path folder;
  private static PlatformProcess platform;

  @BeforeAll
  static void start() throws IOException {
    platform =
        PlatformProcess.start(
            folder.resolve("data"),
            "--heddle.serving.read-wait=1s",
            "--heddle.serving.drain-wait=3s",
            "--heddle.model-name=base");
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    new Demo(
            URI.create(platform.url() + "/"),
            PlatformFixture.DEMO.resolve("adapters"),
            PlatformFixture.KEY,
            "here",
            nowhere)
        .run();
    assertThat(platform.log()).as("looking for what is not there yet").doesNotContain("refused");
    assertThat(platform.log()).contains("default/intent@2 is resident");
  }

  /** An answer is not drained while its client does not take it, however much of it is made. */
  @AfterAll
  static void stop() throws IOException {
    ObjectNode endless = chat("base").put("max_tokens", 900).put("n", 8).put("ignore_eos", true);
    endless.put("stream", true).put("top_logprobs", 20);
    try (RawHttp sleeper = RawHttp.open(platform.url())) {
      sleeper.send(RawHttp.post("/v1/chat/completions", endless.toString())).readTo("data: ");
      platform.close();
    }
    assertThat(platform.log())
        .contains("not drained after 3 s")
        .doesNotContain(" drained\n")
        .doesNotContain(" ERROR ")
        .doesNotContain("\tat ");
  }

  @Test
  void half_a_header_is_answered_408_and_the_connection_ends() throws IOException {
    try (RawHttp half = RawHttp.open(platform.url())) {
      half.send("GET /v1/models HTTP/1.1\r\nHost: ");

      assertThat(half.rest())
          .startsWith("HTTP/1.1 408")
          .containsIgnoringCase("connection: close")
          .contains("\"code\":\"request_timeout\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/completions HTTP/1.1\r\nContent-Type: application/json\r\n",
        "POST /api/v1/adapters HTTP/1.1\r\nContent-Type: application/json\r\n",
        "PUT /api/v1/adapters/half/versions/1/files/README.md HTTP/1.1\r\n"
      })
  void half_a_body_is_answered_408_and_the_connection_ends(String head) throws IOException {
    platform.send(
        platform
            .request("/api/v1/adapters/half/versions")
            .POST(java.net.http.HttpRequest.BodyPublishers.noBody()));
    try (RawHttp half = RawHttp.open(platform.url())) {
      half.send(head + KEYED + "Content-Length: 100\r\n\r\n{\"model\":");

      assertThat(half.rest())
          .startsWith("HTTP/1.1 408")
          .containsIgnoringCase("connection: close")
          .contains("request_timeout")
          .contains("No byte of the body came for 1 s.");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_client_that_ends_its_side_gets_the_whole_answer(boolean stream) throws IOException {
    ObjectNode request = chat("intent").put("stream", stream);
    try (RawHttp half = RawHttp.open(platform.url())) {
      half.send(RawHttp.post("/v1/chat/completions", request.toString())).endSending();
      String answer = half.rest();

      assertThat(answer).contains("HTTP/1.1 200").containsIgnoringCase("connection: close");
      if (stream) {
        assertThat(answer).contains("\"finish_reason\":\"stop\"").contains("data: [DONE]\n\n");
      } else {
        assertThat(
                PlatformFixture.parse(answer.substring(answer.lastIndexOf("\r\n\r\n") + 4))
                    .path("choices"))
            .hasSize(1);
      }
    }
  }

  @Test
  void a_client_that_ends_its_side_with_half_a_request_is_cut() throws IOException {
    try (RawHttp half = RawHttp.open(platform.url())) {
      half.send("POST /v1/completions HTTP/1.1\r\n" + KEYED + "Content-Length: 9\r\n\r\n{");

      assertThat(half.endSending().rest()).isEmpty();
    }
  }

  @Test
  void clients_that_close_after_done_leave_no_trace() throws IOException {
    String request =
        RawHttp.post("/v1/chat/completions", chat("base").put("stream", true).toString());
    for (int i = 0; i < 40; i++) {
      try (RawHttp client = RawHttp.open(platform.url())) {
        client.send(request).readTo("[DONE]");
        if (i % 2 == 0) {
          client.reset();
        }
      }
    }
    for (int i = 0; i < 10; i++) {
      try (RawHttp client = RawHttp.open(platform.url())) {
        client.send(request).readTo("data: ");
        client.reset();
      }
    }
    models();
    assertThat(platform.log()).doesNotContain(" ERROR ").doesNotContain("\tat ");
  }

  @Test
  void every_refusal_is_a_line_of_the_log() throws IOException {
    assertThat(
            RawHttp.exchange(
                platform.url(),
                closing("/v1/completions", "{\"model\":\"ghost\",\"prompt\":\"a\"}")))
        .startsWith("HTTP/1.1 404");
    assertThat(
            RawHttp.exchange(platform.url(), closing("/v1/completions", "{\"model\":\"intent\"}")))
        .startsWith("HTTP/1.1 400");
    assertThat(
            RawHttp.exchange(
                platform.url(),
                "DELETE /api/v1/adapters/ghost HTTP/1.1\r\nConnection: close\r\n" + KEYED + "\r\n"))
        .startsWith("HTTP/1.1 404");
    assertThat(
            RawHttp.exchange(
                platform.url(), "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 401");

    List<String> lines = platform.log().lines().filter(line -> line.contains(" refused ")).toList();
    assertThat(lines)
        .anyMatch(line ->
            line.contains("INFO")
                && line.endsWith(
                    "refused status=404 code=model_not_found method=POST path=/v1/completions tenant=default model=ghost"))
        .anyMatch(line ->
            line.endsWith(
                "refused status=400 code=invalid_request method=POST path=/v1/completions tenant=default model=intent"))
        .anyMatch(line ->
            line.endsWith(
                "refused status=404 code=adapter_not_found method=DELETE path=/api/v1/adapters/ghost tenant=default model=-"))
        .anyMatch(line ->
            line.endsWith(
                "refused status=401 code=invalid_api_key method=GET path=/v1/models tenant=- model=-"));
  }

  private static String closing(String path, String json) {
    return RawHttp.post(path, json).replaceFirst("\r\n", "\r\nConnection: close\r\n");
  }

  private static void models() throws IOException {
    assertThat(platform.send(platform.request("/v1/models").GET()).statusCode()).isEqualTo(200);
  }

  private static ObjectNode chat(String model) {
    return PlatformFixture.chat(model, "turn on the lights in the kitchen");
  }
}
