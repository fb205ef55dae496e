package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers keep to the form that a request asks for, however hot they are sampled. */
class StructuredOutputTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  private static final String PERSON =
      """
      {"type":"object","additionalProperties":false,"required":["name","age","tags","kind"],
       "properties":{
         "name":{"type":"string","maxLength":8},
         "age":{"type":"integer","minimum":0,"maximum":120},
         "tags":{"type":"array","items":{"enum":["a","bb","ccc"]},"maxItems":3},
         "kind":{"anyOf":[{"type":"null"},{"type":"string","format":"date"}]},
         "score":{"type":"number","minimum":0,"exclusiveMaximum":1}}}
      """;

  private static final String TREE =
      """
      {"$defs":{"node":{"type":"object","additionalProperties":false,"required":["left"],
         "properties":{"left":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]},
                       "id":{"type":"string","pattern":"^[a-f]{2,4}$"}}}},
       "$ref":"#/$defs/node"}
      """;

  @ParameterizedTest
  @ValueSource(strings = {PERSON, TREE})
  void hot_answers_of_base_and_adapter_are_valid(String schema) {
    Schema validator =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
    int whole = 0;
    for (String model : List.of("base", "intent")) {
      ObjectNode request = hot(model).put("n", 4);
      request
          .putObject("response_format")
          .put("type", "json_schema")
          .putObject("json_schema")
          .put("name", "form")
          .set("schema", PlatformFixture.parse(schema));
      for (JsonNode choice : ask(request).path("choices")) {
        if (choice.path("finish_reason").asString().equals("stop")) {
          whole++;
          String text = choice.path("message").path("content").stringValue();
          assertThat(validator.validate(text, InputFormat.JSON)).as(text).isEmpty();
        }
      }
    }
    assertThat(whole).isPositive();
  }

  @Test
  void a_seed_gives_the_same_answer_and_a_stream_the_same_text() {
    ObjectNode request = hot("base").put("guided_regex", "[a-z]{3}( [a-z]{2,5}){4}");
    String text = text(ask(request));
    assertThat(text).matches("[a-z]{3}( [a-z]{2,5}){4}");
    assertThat(text(ask(request))).isEqualTo(text);

    StringBuilder pieces = new StringBuilder();
    PlatformFixture.send(
            PLATFORM
                .jsonPost("/v1/chat/completions", request.put("stream", true).toString())
                .build())
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> PlatformFixture.parse(line.substring(6)))
        .forEach(chunk ->
            pieces.append(
                chunk.path("choices").path(0).path("delta").path("content").asString("")));
    assertThat(pieces).hasToString(text);
  }

  @Test
  void completions_choose_and_end_without_an_end_token() {
    JsonNode answer =
        PlatformFixture.expect(
            200,
            PLATFORM.post(
                "/v1/completions",
                "{\"model\":\"base\",\"prompt\":\"the\",\"max_tokens\":60,"
                    + "\"structured_outputs\":{\"choice\":[\"yes\",\"no\",\"never\"]}}"));
    assertThat(answer.path("choices").path(0).path("text").asString()).isIn("yes", "no", "never");
    assertThat(answer.path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void a_form_that_allows_everything_changes_nothing() {
    ObjectNode request = PlatformFixture.chat("intent", "turn on the lights in the kitchen");
    JsonNode plain = ask(request);
    JsonNode formed = ask(request.put("guided_regex", "(.|\\n)*"));
    assertThat(formed.path("choices").path(0).path("token_ids"))
        .isEqualTo(plain.path("choices").path(0).path("token_ids"));
    assertThat(formed.path("choices").path(0).path("logprobs"))
        .isEqualTo(plain.path("choices").path(0).path("logprobs"));
  }

  @Test
  void max_tokens_cut_an_answer_and_say_so() {
    ObjectNode request = hot("base").put("max_tokens", 3).put("guided_regex", "a{200}");
    JsonNode choice = ask(request).path("choices").path(0);
    assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
    assertThat(choice.path("message").path("content").asString()).matches("a+");
  }

  private static ObjectNode hot(String model) {
    return PlatformFixture.chat(model, "turn on the lights")
        .put("temperature", 1.5)
        .put("seed", 7)
        .put("max_tokens", 160);
  }

  private static JsonNode ask(ObjectNode request) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()));
  }

  private static String text(JsonNode answer) {
    return answer.path("choices").path(0).path("message").path("content").stringValue();
  }
}
