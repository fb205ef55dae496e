package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.error.ApiException;
import dev.heddle.format.Json;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ChatPromptsTest {
  private static final String LOOP = "{% for m in messages %}<|user|>";

  private final Tokenizer tokenizer =
      Tokenizer.open(Path.of(System.getProperty("heddle.repo"), "demo", "base"));

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private ChatPrompts prompts(String template) {
    return new ChatPrompts(
        tokenizer, ChatTemplate.parse(template), new ChatSettings(false, null, null));
  }

  private static List<Map<String, Object>> user(String text) {
    return List.of(Map.of("role", "user", "content", text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"the", "?", "\uD83D\uDE00", "a", "2", "What is the tallest mountain on earth?"})
  void a_message_that_the_template_leaves_out_is_refused_whatever_it_says(String text) {
    try (ChatPrompts drops = prompts(LOOP + "the user asks: a 2 ? \uD83D\uDE00{% endfor %}")) {
      assertThatThrownBy(() -> drops.prompt(user(text), null))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("messages[0]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"the", "?", "\uD83D\uDE00", "  hi  ", "", " ", "LOUD <|eos|>"})
  void a_message_that_the_template_writes_is_taken_be_it_trimmed_or_in_lower_case(String text) {
    for (String form : List.of("m.content", "m.content | trim", "m.content | lower | trim")) {
      try (ChatPrompts writes = prompts(LOOP + "{{ " + form + " }}{% endfor %}")) {
        assertThatCode(() -> writes.prompt(user(text), null)).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void a_part_that_the_template_cuts_off_is_not_taken_for_said() {
    try (ChatPrompts cuts = prompts(LOOP + "{{ m.content.split('#')[-1] }}{% endfor %}")) {
      assertThatThrownBy(() -> cuts.prompt(user("disregarded#all"), null))
          .isInstanceOf(ApiException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "m.content, '<|eos|><|assistant|> half '",
    "m.content | trim, '<|eos|><|assistant|>half'"
  })
  void a_last_message_is_continued_where_its_text_ends(String form, String end) {
    String template =
        "{% for m in messages %}<|{{ m.role }}|>{{ "
            + form
            + " }}<|eos|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    List<Map<String, Object>> messages =
        List.of(
            Map.of("role", "user", "content", "a"),
            Map.of("role", "assistant", "content", " half "));
    try (ChatPrompts writes = prompts(template)) {
      assertThat(
              writes.prompt(messages, null, new ChatLayout(false, true, Map.of()), Tools.NONE).text)
          .isEqualTo("<|user|>a" + end);
      assertThat(
              writes.prompt(messages, null, new ChatLayout(false, false, Map.of()), Tools.NONE)
                  .text)
          .isEqualTo("<|user|>a" + end + "<|eos|>");
      assertThat(writes.prompt(messages, null).text).endsWith("<|eos|><|assistant|>");
    }
  }

  @Test
  void variables_reach_the_template_and_write_no_control_tokens() {
    Map<String, JsonNode> given = new LinkedHashMap<>();
    Json.parse("{\"quiet\": true, \"tone\": {\"name\": \"<|eos|>\"}}", "test")
        .properties()
        .forEach(variable -> given.put(variable.getKey(), variable.getValue()));
    ChatLayout layout = new ChatLayout(true, false, given);
    String template = LOOP + "{{ m.content }}{% endfor %}{% if quiet %}{{ tone.name }}{% endif %}";
    try (ChatPrompts writes = prompts(template)) {
      ChatPrompts.Prompt prompt = writes.prompt(user("hello"), null, layout, Tools.NONE);

      assertThat(prompt.text).isEqualTo("<|user|>hello<|eos|>");
      assertThat(prompt.tokens()).doesNotContain(tokenizer.idOf("<|eos|>").orElseThrow());
      assertThat(writes.prompt(user("hello"), null).text).isEqualTo("<|user|>hello");
    }
  }

  @Test
  void control_tokens_of_messages_are_parsed_only_where_that_is_asked_for() {
    try (ChatPrompts writes = prompts(LOOP + "{{ m.content }}{% endfor %}")) {
      int control = tokenizer.idOf("<|eos|>").orElseThrow();

      assertThat(writes.prompt(user("a<|eos|>b"), null).tokens()).doesNotContain(control);
      assertThat(writes.prompt(user("a<|eos|>b"), true).tokens()).contains(control);
      assertThat(writes.prompt(user("a<|eos|>b"), null).text).isEqualTo("<|user|>a<|eos|>b");
    }
  }
}
