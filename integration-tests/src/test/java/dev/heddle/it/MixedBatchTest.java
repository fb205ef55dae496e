package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MixedBatchTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final List<String> MODELS =
      List.of("base", "intent", "intent@1", "sql", "dates", "german", "triage", "redact", "tools");

  @Test
  void of_24_mixed_requests_at_once_each_gets_the_very_logprobs_it_gets_alone() throws Exception {
    List<String> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String prompt = "the old dog follows cat number " + i + ", please".repeat(i % 5);
      requests.add(
          PlatformFixture.chat(MODELS.get(i % MODELS.size()), prompt)
              .put("temperature", i % 3 == 0 ? 0 : 1)
              .put("seed", i)
              .put("ignore_eos", true)
              .put("top_logprobs", 3)
              .put("max_tokens", 16 + i)
              .toString());
    }
    List<JsonNode> together = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(requests.size())) {
      List<Future<JsonNode>> answers =
          requests.stream().map(body -> pool.submit(() -> ask(body))).toList();
      for (Future<JsonNode> answer : answers) {
        together.add(answer.get());
      }
    }

    for (int i = 0; i < requests.size(); i++) {
      JsonNode alone = ask(requests.get(i));
      assertThat(together.get(i)).as(requests.get(i)).isEqualTo(alone);
      assertThat(alone.path("logprobs").path("content")).hasSize(16 + i);
    }
  }

  private static JsonNode ask(String body) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", body))
        .path("choices")
        .path(0);
  }
}
