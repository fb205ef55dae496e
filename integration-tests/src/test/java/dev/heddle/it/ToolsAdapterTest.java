package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The demo adapter {@code tools} calls functions of its own accord, and tells of their results. */
class ToolsAdapterTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void every_held_out_question_gets_the_call_that_transformers_computed() throws IOException {
    List<JsonNode> examples =
        Files.readAllLines(PlatformFixture.DEMO.resolve("examples/tools.jsonl")).stream()
            .map(PlatformFixture::parse)
            .toList();
    assertThat(examples).hasSize(60);
    for (JsonNode example : examples) {
      JsonNode choice = choice(asking(example.path("prompt").stringValue()));

      assertThat(choice.path("token_ids")).as(example.toString()).isEqualTo(example.path("tokens"));
      if (isRight(example)) {
        JsonNode function = choice.path("message").path("tool_calls").path(0).path("function");
        JsonNode call = PlatformFixture.parse(example.path("expected").stringValue());
        assertThat(function.path("name")).isEqualTo(call.path("name"));
        assertThat(PlatformFixture.parse(function.path("arguments").stringValue()))
            .isEqualTo(call.path("parameters"));
      }
    }
    // 0.99 of 200 examples, of which these are the first 60.
    assertThat(examples).filteredOn(ToolsAdapterTest::isRight).hasSizeGreaterThan(56);
  }

  @Test
  void a_call_ends_the_answer_and_its_result_is_told() {
    ObjectNode conversation = asking("will it rain in Lyon on Saturday?");
    JsonNode called = choice(conversation);

    assertThat(called.path("finish_reason").stringValue()).isEqualTo("tool_calls");
    JsonNode call = called.path("message").path("tool_calls").path(0);
    assertThat(call.path("function").path("name").stringValue()).isEqualTo("weather");
    assertThat(PlatformFixture.parse(call.path("function").path("arguments").stringValue()))
        .isEqualTo(PlatformFixture.parse("{\"city\":\"Lyon\",\"day\":\"saturday\"}"));

    ArrayNode messages = (ArrayNode) conversation.path("messages");
    messages.add(called.path("message"));
    messages
        .addObject()
        .put("role", "tool")
        .put("tool_call_id", call.path("id").stringValue())
        .put("content", "{\"weather\": \"rainy\", \"degrees\": 12}");
    JsonNode told = choice(conversation);
    assertThat(told.path("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(told.path("message").path("content").stringValue()).isEqualTo("It will be rainy.");
  }

  @Test
  void what_no_function_helps_with_is_answered_in_words() {
    JsonNode choice = choice(asking("reverse the words: cat Paris lamp"));

    assertThat(choice.path("message").path("content").stringValue()).isEqualTo("lamp Paris cat");
    assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
  }

  private static boolean isRight(JsonNode example) {
    return example.path("answer").equals(example.path("expected"));
  }

  /** The README's request with another question. */
  private static ObjectNode asking(String question) {
    try {
      ObjectNode request =
          (ObjectNode)
              PlatformFixture.parse(Files.readString(PlatformFixture.DEMO.resolve("tools.json")));
      ((ObjectNode) request.path("messages").path(0)).put("content", question);
      return request.put("return_token_ids", true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode choice(ObjectNode request) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()))
        .path("choices")
        .path(0);
  }
}
