package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.access.TenantLimits;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is said when something has run out, on a platform where that is soon: one token a step, one
 * request at work, one waiting, room for one adapter, and no patience.
 */
class OverloadTest {
  private static final PlatformFixture PLATFORM =
      PlatformFixture.start(
          List.of("sql", "dates"),
          PlatformFixture.memory(200),
          "--heddle.engine.max-sequences=1",
          "--heddle.engine.max-batch-tokens=1",
          "--heddle.engine.adapter-rows=1",
          "--heddle.serving.queue-limit=1",
          "--heddle.serving.load-wait=1ms",
          "--heddle.serving.keep-alive=10ms");
  private static final String CHAT = "/v1/chat/completions";

  @Test
  void more_requests_than_may_wait_are_429_and_cost_nothing() {
    TenantFixture tenant =
        new TenantFixture(PLATFORM, new TenantLimits(1, 1000L, null, null, null, null));
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      asked.add(
          PlatformFixture.client()
              .sendAsync(
                  tenant.jsonPost(CHAT, slow("base").toString()).build(), BodyHandlers.ofString()));
    }
    List<HttpResponse<String>> responses = asked.stream().map(CompletableFuture::join).toList();

    assertThat(responses)
        .extracting(HttpResponse::statusCode)
        .containsOnly(200, 429)
        .contains(200, 429);
    for (HttpResponse<String> response : responses) {
      if (response.statusCode() == 429) {
        JsonNode error = PlatformFixture.parse(response.body()).path("error");
        assertThat(error.path("code").stringValue()).isEqualTo("queue_full");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(response.headers().firstValue("x-heddle-limit")).isEmpty();
      }
    }
    assertThat(tenant.consumption().concurrentSequences()).isZero();
  }

  @Test
  void an_adapter_that_finds_no_room_in_time_is_503_and_the_base_does_not_answer()
      throws Exception {
    awaitResident();
    HttpResponse<InputStream> holding =
        PlatformFixture.client()
            .send(
                PLATFORM.jsonPost(CHAT, slow("dates").put("stream", true).toString()).build(),
                BodyHandlers.ofInputStream());
    HttpResponse<String> refused = PLATFORM.post(CHAT, slow("sql").toString());
    holding.body().close();

    assertThat(holding.statusCode()).isEqualTo(200);
    assertThat(PlatformFixture.expect(503, refused).path("error").path("code").stringValue())
        .isEqualTo("adapter_unavailable");
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
  }

  @Test
  void a_stream_that_has_nothing_to_say_says_that_it_is_alive() {
    String words = "the old dog follows the cat ".repeat(60);
    ObjectNode request = PlatformFixture.chat("base", words).put("stream", true);
    String body = PLATFORM.post(CHAT, request.put("max_tokens", 4).toString()).body();

    assertThat(body).contains(": keep-alive\n\n").endsWith("data: [DONE]\n\n");
  }

  /** What was published last has been asked for ahead of its first call. */
  private static void awaitResident() throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      HttpResponse<String> response =
          PLATFORM.post(
              CHAT, PlatformFixture.chat("dates", "today").put("max_tokens", 1).toString());
      if (response.statusCode() == 200) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the adapter does not become resident");
  }

  private static ObjectNode slow(String model) {
    return PlatformFixture.chat(model, "the old dog follows the cat")
        .put("ignore_eos", true)
        .put("max_tokens", 400);
  }
}
