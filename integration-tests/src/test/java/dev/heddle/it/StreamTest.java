package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StreamTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String PROMPT = "turn on the lights in the kitchen";

  @Test
  void a_stream_adds_up_to_the_whole_answer() {
    ObjectNode request = PlatformFixture.chat("intent", PROMPT).put("n", 3);
    JsonNode whole =
        PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()));
    request.put("stream", true).putObject("stream_options").put("include_usage", true);
    HttpResponse<String> response = PLATFORM.post("/v1/chat/completions", request.toString());
    List<String> events = events(response.body());

    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    assertThat(response.headers().firstValue("x-heddle-version")).hasValue("intent@2");
    assertThat(events.getLast()).isEqualTo("[DONE]");
    List<JsonNode> chunks =
        events.subList(0, events.size() - 1).stream().map(PlatformFixture::parse).toList();
    assertThat(chunks.stream().map(chunk -> chunk.path("id").stringValue()).distinct()).hasSize(1);
    assertThat(chunks.getLast().path("choices")).isEmpty();
    assertThat(chunks.getLast().path("usage").path("completion_tokens"))
        .isEqualTo(whole.path("usage").path("completion_tokens"));
    for (int i = 0; i < 3; i++) {
      assertThat(contentOf(chunks, i))
          .isEqualTo(whole.path("choices").path(i).path("message").path("content").stringValue());
    }
    chunks
        .subList(0, chunks.size() - 1)
        .forEach(chunk -> {
          assertThat(chunk.path("choices")).hasSize(1);
          assertThat(chunk.path("usage").isNull()).isTrue();
        });
  }

  @Test
  void a_stop_string_across_tokens_ends_the_text_before_it() {
    ObjectNode request = PlatformFixture.chat("intent", PROMPT);
    String whole = content(request);
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 5);
    JsonNode answer =
        PlatformFixture.expect(
            200, PLATFORM.post("/v1/chat/completions", request.put("stop", stop).toString()));
    JsonNode choice = answer.path("choices").path(0);

    assertThat(choice.path("message").path("content").stringValue())
        .isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(answer.path("usage").path("completion_tokens").intValue())
        .isEqualTo(choice.path("token_ids").size());
  }

  @Test
  void an_echo_with_logprobs_scores_the_prompt() {
    JsonNode logprobs =
        PlatformFixture.expect(
                200,
                PLATFORM.post(
                    "/v1/completions",
                    "{\"model\":\"base\",\"prompt\":\"the cat sleeps\",\"echo\":true,"
                        + "\"logprobs\":1,\"max_tokens\":0}"))
            .path("choices")
            .path(0)
            .path("logprobs");

    assertThat(logprobs.path("tokens").size()).isGreaterThan(1);
    assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
    assertThat(logprobs.path("token_logprobs").path(1).floatValue()).isNegative();
    assertThat(logprobs.path("text_offset").path(0).intValue()).isZero();
  }

  @Test
  void a_client_that_leaves_a_stream_frees_its_blocks() throws Exception {
    ObjectNode request = endless().put("stream", true);
    HttpResponse<InputStream> response =
        PlatformFixture.client()
            .send(
                PLATFORM.jsonPost("/v1/chat/completions", request.toString()).build(),
                BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body().readNBytes(200)).hasSize(200);
    response.body().close();

    awaitIdle();
  }

  @Test
  void a_client_that_leaves_without_a_stream_frees_its_blocks() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        PlatformFixture.client()
            .sendAsync(
                PLATFORM.jsonPost("/v1/chat/completions", endless().toString()).build(),
                BodyHandlers.ofString());
    while (runtime().path("running").intValue() == 0 && !answer.isDone()) {
      Thread.sleep(5);
    }
    assertThat(answer.isDone()).isFalse();
    answer.cancel(true);

    awaitIdle();
    assertThat(runtime().path("tokens_decoded").longValue()).isPositive();
  }

  /** Waits until the engine is idle: an answer that is not cancelled would take far longer. */
  private static void awaitIdle() throws InterruptedException {
    long steps = -1;
    for (int i = 0; i < 500; i++) {
      JsonNode runtime = runtime();
      boolean idle =
          runtime.path("running").intValue() == 0 && runtime.path("kv_blocks_used").intValue() == 0;
      long now = runtime.path("steps").longValue();
      if (idle && steps == now) {
        return;
      }
      steps = now;
      Thread.sleep(10);
    }
    throw new AssertionError("blocks stay taken: " + runtime());
  }

  private static JsonNode runtime() {
    return PlatformFixture.expect(200, PLATFORM.get("/api/v1/status")).path("runtime");
  }

  private static ObjectNode endless() {
    return PlatformFixture.chat("base", PROMPT)
        .put("ignore_eos", true)
        .put("max_tokens", 900)
        .put("n", 8);
  }

  private static String content(ObjectNode request) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()))
        .path("choices")
        .path(0)
        .path("message")
        .path("content")
        .stringValue();
  }

  private static String contentOf(List<JsonNode> chunks, int index) {
    StringBuilder text = new StringBuilder();
    for (JsonNode chunk : chunks) {
      JsonNode choice = chunk.path("choices").path(0);
      if (!choice.isMissingNode() && choice.path("index").intValue() == index) {
        text.append(choice.path("delta").path("content").asString(""));
      }
    }
    return text.toString();
  }

  private static List<String> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()))
        .toList();
  }
}
