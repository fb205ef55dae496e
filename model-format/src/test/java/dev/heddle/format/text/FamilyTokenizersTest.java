package dev.heddle.format.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokenizers and chat templates made as those of the families are: texts, tokens and conversations
 * are what transformers makes of them. tools/goldens/tokenizers_of_families.py made the files.
 */
class FamilyTokenizersTest {
  private static final Path FOLDERS =
      Path.of(System.getProperty("heddle.repo"), "testdata", "tokenizers");

  static Stream<String> families() {
    return Stream.of("qwen3", "glm4", "deepseek-v3", "mixtral", "olmoe");
  }

  private static JsonNode golden(String family) throws IOException {
    Path file = FOLDERS.resolve(family).resolve("golden.json");
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  private static int[] ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  @ParameterizedTest
  @MethodSource("families")
  void texts_become_the_tokens_that_transformers_makes_of_them(String family) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(FOLDERS.resolve(family))) {
      for (JsonNode text : golden(family).path("texts")) {
        String written = text.path("text").asString();
        assertThat(tokenizer.encode(written, true)).as(written).isEqualTo(ids(text.path("ids")));
        assertThat(tokenizer.encode(written, false)).as(written).isEqualTo(ids(text.path("bare")));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void tokens_become_the_same_text_at_once_and_one_by_one(String family) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.open(FOLDERS.resolve(family))) {
      for (JsonNode decoded : golden(family).path("decoded")) {
        int[] tokens = ids(decoded.path("ids"));
        String text = decoded.path("text").asString();
        assertThat(tokenizer.decode(tokens)).isEqualTo(text);
        assertThat(tokenizer.decode(tokens, false)).isEqualTo(decoded.path("all").asString());
        assertThat(streamed(tokenizer.streamingDecoder(), tokens)).isEqualTo(text);
      }
    }
  }

  private static String streamed(StreamingDecoder decoder, int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(decoder.push(token));
    }
    return text.append(decoder.flush()).toString();
  }

  @ParameterizedTest
  @MethodSource("families")
  void conversations_with_tools_and_switches_of_thinking_are_rendered_as_by_transformers(
      String family) throws IOException {
    Path folder = FOLDERS.resolve(family);
    ChatTemplate template = Objects.requireNonNull(ChatTemplate.load(folder));
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      for (JsonNode chat : golden(family).path("chats")) {
        ObjectNode input = JsonMapper.shared().createObjectNode();
        chat.path("extra").properties().forEach(e -> input.set(e.getKey(), e.getValue()));
        input.set("messages", chat.path("messages"));
        input.set("tools", chat.path("tools"));
        input.put("add_generation_prompt", true);
        String text = template.render(RenderInput.parse(input.toString()));
        assertThat(text).isEqualTo(chat.path("rendered").asString());
        assertThat(tokenizer.encode(text, false)).isEqualTo(ids(chat.path("ids")));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void the_text_of_messages_writes_no_control_tokens_that_the_template_writes(String family)
      throws IOException {
    Path folder = FOLDERS.resolve(family);
    ChatTemplate template = Objects.requireNonNull(ChatTemplate.load(folder));
    try (Tokenizer tokenizer = Tokenizer.open(folder);
        ContentText content = tokenizer.content(template)) {
      for (String control : controls(family)) {
        int id = tokenizer.idOf(control).orElseThrow();
        String marked = content.marked("x " + control + " y");
        assertThat(content.encode(marked)).as(control).doesNotContain(id);
      }
    }
  }

  private static String[] controls(String family) {
    return switch (family) {
      case "qwen3" -> new String[] {"<|im_start|>", "<|im_end|>", "<|endoftext|>"};
      case "glm4" -> new String[] {"<|user|>", "<|observation|>", "[gMASK]"};
      case "deepseek-v3" -> new String[] {"<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>"};
      case "mixtral" -> new String[] {"</s>", "[TOOL_CALLS]"};
      default -> new String[] {"<|endoftext|>"};
    };
  }
}
