package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.speech.ToolFormat;
import dev.heddle.format.Json;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** Tools, calls and results in prompts, by templates that know them and by one that does not. */
class ToolPromptsTest {
  private static final String PLAIN =
      "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}";
  private static final String HERMES =
      "{% if tools %}<tools>{% for t in tools %}{{ t.function | tojson }}{% endfor %}</tools>{% endif %}"
          + "{% for m in messages %}<|{{ m.role }}|>{{ m.content or '' }}{% if m.tool_calls %}"
          + "{% for c in m.tool_calls %}<tool_call>{\"name\": \"{{ c.function.name }}\","
          + " \"arguments\": {{ c.function.arguments | tojson }}}</tool_call>{% endfor %}"
          + "{% endif %}{% endfor %}";
  private static final String DEEPSEEK =
      "{% for t in tools %}{{ t.function.name }}{% endfor %}{% for m in messages %}<|{{ m.role }}|>"
          + "{% if m.content is none %}{% for c in m.tool_calls %}{{ '<｜tool▁calls▁begin｜>' +"
          + " c.function.name + '<｜tool▁sep｜>' + c.function.arguments }}{% endfor %}"
          + "{% else %}{{ m.content }}{% endif %}{% endfor %}";
  private static final Tools TOOLS =
      new Tools(
          List.of(
              new Tools.Tool(
                  "weather",
                  "What it is like outside.",
                  Json.parse("{\"type\":\"object\"}", "parameters"),
                  false)),
          Tools.Choice.AUTO,
          null,
          true);

  private final Tokenizer tokenizer =
      Tokenizer.open(Path.of(System.getProperty("heddle.repo"), "demo", "base"));

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private static List<Map<String, Object>> asked() {
    return List.of(
        Map.of("role", "user", "content", "How is Rome, or the weather there?"),
        Map.of(
            "role",
            "assistant",
            "content",
            JsonNodeFactory.instance.nullNode(),
            "tool_calls",
            JsonNodeFactory.instance
                .arrayNode()
                .add(
                    MessageReader.call(
                        "call_1", "weather", Json.parse("{\"city\":\"Rome\"}", "arguments")))),
        Map.of("role", "tool", "tool_call_id", "call_1", "content", "raining <|eos|>"),
        Map.of("role", "tool", "tool_call_id", "call_2", "content", "cold"));
  }

  private String rendered(String template, List<Map<String, Object>> messages, Tools tools) {
    try (ChatPrompts prompts =
        new ChatPrompts(
            tokenizer, ChatTemplate.parse(template), new ChatSettings(false, null, null))) {
      return prompts.prompt(messages, null, ChatLayout.ANSWER, tools).text;
    }
  }

  @Test
  void a_template_that_knows_tools_lays_them_out_itself() {
    assertThat(rendered(HERMES, asked(), TOOLS))
        .startsWith("<tools>{\"name\": \"weather\"")
        .contains("<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}")
        .contains("<|tool|>raining <|eos|>");
    assertThat(rendered(HERMES, asked(), Tools.NONE)).doesNotContain("<tools>");
  }

  @Test
  void a_template_that_writes_arguments_as_a_text_gets_them_as_one() {
    assertThat(rendered(DEEPSEEK, asked(), TOOLS))
        .contains("weather<｜tool▁sep｜>{\"city\":\"Rome\"}");
  }

  @Test
  void for_a_template_that_does_not_know_tools_they_are_text() {
    String text = rendered(PLAIN, asked(), TOOLS);

    assertThat(text)
        .startsWith("<|system|>You can call functions.")
        .contains("\"name\":\"weather\"")
        .contains(
            "<|assistant|><tool_call>\n{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}")
        .contains(
            "<|user|><tool_response>\nraining <|eos|>\n</tool_response>\n<tool_response>\ncold");
    assertThat(rendered(PLAIN, asked(), Tools.NONE)).startsWith("<|user|>How is");
  }

  @Test
  void a_system_message_keeps_its_place_before_the_tools() {
    List<Map<String, Object>> messages =
        List.of(
            Map.of("role", "system", "content", "Be kind."),
            Map.of("role", "user", "content", "hello"));

    assertThat(rendered(PLAIN, messages, TOOLS))
        .startsWith("<|system|>Be kind.\n\nYou can call functions.")
        .endsWith("<|user|>hello");
  }

  @Test
  void tools_write_no_control_tokens() {
    Tools spelled =
        new Tools(
            List.of(new Tools.Tool("weather", "a <|eos|> b", null, false)),
            Tools.Choice.AUTO,
            null,
            true);
    int control = tokenizer.idOf("<|eos|>").orElseThrow();
    for (String template : List.of(PLAIN, HERMES)) {
      try (ChatPrompts prompts =
          new ChatPrompts(
              tokenizer, ChatTemplate.parse(template), new ChatSettings(false, null, null))) {
        assertThat(prompts.prompt(asked(), null, ChatLayout.ANSWER, spelled).tokens())
            .doesNotContain(control);
      }
    }
  }

  @Test
  void the_format_of_calls_is_the_template_s_unless_it_is_set() {
    assertThat(new ToolPrompts(ChatTemplate.parse(HERMES), null).format())
        .isEqualTo(ToolFormat.HERMES);
    assertThat(new ToolPrompts(ChatTemplate.parse(DEEPSEEK), null).format())
        .isEqualTo(ToolFormat.DEEPSEEK);
    assertThat(new ToolPrompts(ChatTemplate.parse(PLAIN), null).format())
        .isEqualTo(ToolFormat.HERMES);
    assertThat(new ToolPrompts(ChatTemplate.parse(PLAIN), ToolFormat.LLAMA).format())
        .isEqualTo(ToolFormat.LLAMA);
  }
}
