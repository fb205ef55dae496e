package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Every held-out prompt of the demo gets the answer that transformers computed, over HTTP. */
class DemoAnswersTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final int AT_ONCE = 24;

  @ParameterizedTest
  @CsvSource({
    "intent, intent@1, 0.91",
    "intent-v2, intent, 0.945",
    "sql, sql, 1.0",
    "dates, dates, 1.0",
    "german, german, 1.0",
    "triage, triage, 1.0",
    "redact, redact, 1.0"
  })
  void an_adapter_and_the_base_answer_token_for_token(String task, String model, double accuracy)
      throws IOException, InterruptedException, ExecutionException {
    List<JsonNode> examples =
        Files.readAllLines(PlatformFixture.DEMO.resolve("examples/" + task + ".jsonl")).stream()
            .map(PlatformFixture::parse)
            .toList();
    List<JsonNode> adapted = ask(model, examples);
    List<JsonNode> base = ask("base", examples);

    int right = 0;
    for (int i = 0; i < examples.size(); i++) {
      JsonNode example = examples.get(i);
      String prompt = example.path("prompt").stringValue();
      assertThat(ids(adapted.get(i).path("token_ids")))
          .as(prompt)
          .isEqualTo(ids(example.path("tokens")));
      assertThat(text(adapted.get(i))).as(prompt).isEqualTo(example.path("answer").stringValue());
      // The examples spell special tokens out; an answer's text leaves them out.
      assertThat(text(base.get(i)))
          .as(prompt)
          .isEqualTo(example.path("base_answer").stringValue().replaceAll("<\\|[a-z]+\\|>", ""));
      right += text(adapted.get(i)).equals(example.path("expected").stringValue()) ? 1 : 0;
    }
    // The stated accuracy is that of 200 examples, of which these are the first 60.
    assertThat((double) right / examples.size()).isBetween(accuracy - 0.06, 1.0);
  }

  private static List<JsonNode> ask(String model, List<JsonNode> examples)
      throws InterruptedException, ExecutionException {
    List<JsonNode> choices = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<JsonNode>> answers = new ArrayList<>();
      for (JsonNode example : examples) {
        String body = PlatformFixture.chat(model, example.path("prompt").stringValue()).toString();
        answers.add(
            pool.submit(() ->
                PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", body))
                    .path("choices")
                    .path(0)));
      }
      for (Future<JsonNode> answer : answers) {
        choices.add(answer.get());
      }
    }
    return choices;
  }

  private static List<Integer> ids(JsonNode array) {
    List<Integer> ids = new ArrayList<>();
    array.forEach(id -> ids.add(id.intValue()));
    return ids;
  }

  private static String text(JsonNode choice) {
    return choice.path("message").path("content").stringValue();
  }
}
