package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The demo's adapter that calls functions: its held-out requests, and what it makes of a result.
 */
class ToolsAdapterTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final JsonNode TOOLS = read("tools.json");
  private static final double ACCURACY = 0.95;

  @Test
  void every_held_out_request_gets_the_calls_that_transformers_computed() throws Exception {
    List<JsonNode> examples =
        Files.readAllLines(PlatformFixture.DEMO.resolve("examples/tools.jsonl")).stream()
            .map(PlatformFixture::parse)
            .toList();
    List<JsonNode> adapted = ask("tools", examples);
    List<JsonNode> base = ask("base", examples);

    int right = 0;
    for (int i = 0; i < examples.size(); i++) {
      JsonNode example = examples.get(i);
      String prompt = example.path("prompt").stringValue();
      assertThat(adapted.get(i).path("token_ids")).as(prompt).isEqualTo(example.path("tokens"));
      assertThat(base.get(i).at("/message/content").asString(""))
          .as(prompt)
          .isEqualTo(example.path("base_answer").stringValue().replaceAll("<\\|[a-z]+\\|>", ""));
      if (example.path("answer").equals(example.path("expected"))) {
        right++;
        assertThat(called(adapted.get(i))).as(prompt).isEqualTo(expected(example));
      }
    }
    // The stated accuracy is that of 200 examples, of which these are the first 60.
    assertThat((double) right / examples.size()).isBetween(ACCURACY - 0.06, 1.0);
  }

  @Test
  void a_result_is_put_into_words() {
    ObjectNode request = request("tools", "what is the weather in Lyon on Saturday?");
    JsonNode first = choice(request);
    assertThat(first.path("finish_reason").stringValue()).isEqualTo("tool_calls");
    ArrayNode messages = (ArrayNode) request.path("messages");
    messages.add(first.path("message"));
    messages
        .addObject()
        .put("role", "tool")
        .put("tool_call_id", first.at("/message/tool_calls/0/id").stringValue())
        .put("content", "{\"weather\": \"sunny\", \"degrees\": 21}");

    assertThat(choice(request).at("/message/content").stringValue())
        .isEqualTo("It is sunny in Lyon, 21 degrees.");
  }

  @Test
  void a_question_that_no_function_answers_is_answered_in_words() {
    JsonNode answer = choice(request("tools", "say hello"));

    assertThat(answer.at("/message/content").stringValue()).isEqualTo("Hello!");
    assertThat(answer.path("finish_reason").stringValue()).isEqualTo("stop");
  }

  private static JsonNode called(JsonNode choice) {
    ObjectNode call = (ObjectNode) choice.at("/message/tool_calls/0/function");
    call.set("arguments", PlatformFixture.parse(call.path("arguments").stringValue()));
    return call;
  }

  /** The object between the marks. */
  private static JsonNode expected(JsonNode example) {
    String text = example.path("expected").stringValue();
    return PlatformFixture.parse(text.substring(text.indexOf('{'), text.lastIndexOf('}') + 1));
  }

  private static List<JsonNode> ask(String model, List<JsonNode> examples) throws Exception {
    List<JsonNode> choices = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(24)) {
      List<Future<JsonNode>> answers = new ArrayList<>();
      for (JsonNode example : examples) {
        ObjectNode request = request(model, example.path("prompt").stringValue());
        answers.add(pool.submit(() -> choice(request)));
      }
      for (Future<JsonNode> answer : answers) {
        choices.add(answer.get());
      }
    }
    return choices;
  }

  private static ObjectNode request(String model, String prompt) {
    ObjectNode request = PlatformFixture.chat(model, prompt);
    request.set("tools", TOOLS);
    return request;
  }

  private static JsonNode choice(ObjectNode request) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()))
        .at("/choices/0");
  }

  private static JsonNode read(String file) {
    try {
      Path path = PlatformFixture.DEMO.resolve(file);
      return PlatformFixture.parse(Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
