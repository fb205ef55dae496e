package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Golden prompts made of the demo's examples: an adapter has to answer as it did when trained. */
class ProofTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void right_answers_make_a_version_ready() throws IOException {
    String version = upload("proved", golden(4).toString());
    JsonNode ready = PlatformFixture.expect(200, PLATFORM.post(version + ":complete", ""));
    assertThat(ready.path("state").stringValue()).isEqualTo("READY");

    JsonNode again = PlatformFixture.expect(200, PLATFORM.post(version + ":prove", ""));
    assertThat(again.path("passed").booleanValue()).isTrue();
    assertThat(again.path("cases").intValue()).isEqualTo(4);
    PlatformFixture.expect(404, PLATFORM.post("/api/v1/adapters/sql/versions/1:prove", ""));
  }

  @Test
  void wrong_answers_reject_a_version_and_each_is_shown() throws IOException {
    ArrayNode golden = golden(3);
    ((ObjectNode) golden.get(0)).put("text", "{\"year\": 1066}");
    ((ArrayNode) golden.get(1).path("token_ids")).set(0, 7);
    String version = upload("disproved", golden.toString());

    JsonNode problem = PlatformFixture.expect(422, PLATFORM.post(version + ":complete", ""));

    assertThat(problem.path("violations").valueStream().map(v -> v.path("where").stringValue()))
        .containsExactly("golden.json[0]", "golden.json[1]");
    JsonNode text = problem.path("violations").get(0);
    assertThat(text.path("code").stringValue()).isEqualTo("golden-mismatch");
    assertThat(text.path("message").stringValue())
        .contains("1066")
        .contains(examples(1).getFirst().path("answer").stringValue());
    assertThat(problem.path("violations").get(1).path("message").stringValue())
        .startsWith("from token 0 on expected [7");
    assertThat(PlatformFixture.expect(200, PLATFORM.get(version)).path("state").stringValue())
        .isEqualTo("REJECTED");
    PlatformFixture.expect(
        404, PLATFORM.post("/v1/completions", "{\"model\":\"disproved@1\",\"prompt\":\"a\"}"));
  }

  @Test
  void prompts_that_cannot_be_asked_are_named_with_all_else_that_is_wrong() throws IOException {
    String version =
        upload(
            "unasked",
            "[{\"prompt\":\"a\",\"max_tokens\":513,\"text\":\"b\"},{\"prompt\":[99999],"
                + "\"max_tokens\":1,\"token_ids\":[1,2],\"seed\":3}]");
    JsonNode problem = PlatformFixture.expect(422, PLATFORM.post(version + ":complete", ""));
    assertThat(problem.path("violations").valueStream().map(v -> v.path("code").stringValue()))
        .containsExactlyInAnyOrder(
            "out-of-range", "unknown-field", "out-of-range", "golden-tokens");
  }

  private static String upload(String name, String golden) throws IOException {
    String version = PLATFORM.files(name, "dates");
    PlatformFixture.expect(
        200, PLATFORM.put(version + "/files/golden.json", golden.getBytes(StandardCharsets.UTF_8)));
    return version;
  }

  /** By turns as text and as tokens. */
  private static ArrayNode golden(int count) throws IOException {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    List<JsonNode> examples = examples(count);
    for (int i = 0; i < count; i++) {
      ObjectNode golden = cases.addObject().put("max_tokens", 96);
      golden
          .putArray("messages")
          .addObject()
          .put("role", "user")
          .put("content", examples.get(i).path("prompt").stringValue());
      if (i % 2 == 0) {
        golden.put("text", examples.get(i).path("answer").stringValue());
      } else {
        golden.set("token_ids", examples.get(i).path("tokens").deepCopy());
      }
    }
    return cases;
  }

  private static List<JsonNode> examples(int count) throws IOException {
    return Files.readAllLines(PlatformFixture.DEMO.resolve("examples/dates.jsonl")).stream()
        .limit(count)
        .map(line -> Json.parse(line, "example"))
        .toList();
  }
}
