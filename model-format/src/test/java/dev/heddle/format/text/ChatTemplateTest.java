package dev.heddle.format.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.FormatException;
import dev.heddle.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ChatTemplateTest {
  private static final RenderInput ONE =
      new RenderInput(List.of(Map.of("role", "user", "content", "hi")));

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> every_template_renders_as_transformers_renders_it() throws IOException {
    Path goldens =
        Path.of(System.getProperty("heddle.repo"), "testdata/oracle/chat-templates.json");
    JsonNode oracle = JsonMapper.shared().readTree(Files.readString(goldens));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : oracle.path("cases")) {
      String name = golden.path("template").asString();
      ObjectNode input = JsonMapper.shared().createObjectNode();
      for (String field : List.of("messages", "tools", "add_generation_prompt")) {
        input.set(field, golden.path(field));
      }
      input.set("bos_token", oracle.path("bos_token"));
      input.set("eos_token", oracle.path("eos_token"));
      String template = oracle.path("templates").path(name).asString();
      tests.add(
          DynamicTest.dynamicTest(
              name + ", " + golden.path("conversation").asString(),
              () -> renders(template, input.toString(), golden)));
    }
    assertThat(tests).hasSize(40);
    return tests;
  }

  private static void renders(String template, String input, JsonNode golden) {
    ChatTemplate parsed = ChatTemplate.parse(template);
    if (golden.has("rendered")) {
      assertThat(parsed.render(RenderInput.parse(input)))
          .isEqualTo(golden.path("rendered").asString());
    } else {
      assertThatThrownBy(() -> parsed.render(RenderInput.parse(input)))
          .isInstanceOfSatisfying(
              TemplateException.class,
              e -> {
                assertThat(e.raised()).isTrue();
                assertThat("TemplateError: " + e.getMessage())
                    .isEqualTo(golden.path("error").asString());
              });
    }
  }

  @Test
  void the_demo_models_conversation_has_one_bos_and_its_special_tokens() throws IOException {
    ChatTemplate template = Objects.requireNonNull(ChatTemplate.load(Tokenizers.demoFolder()));
    try (Tokenizer tokenizer = Tokenizer.open(Tokenizers.demoFolder())) {
      String text = template.render(ONE);
      assertThat(text).isEqualTo("<|bos|><|user|>hi<|assistant|>");
      int[] tokens = tokenizer.encode(text, false);
      assertThat(Arrays.stream(tokens).filter(t -> t == 0)).hasSize(1);
      assertThat(tokens).startsWith(0, 2).endsWith(3);
    }
  }

  @Test
  void a_template_file_wins_over_the_configuration() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"config\", \"bos_token\": \"<s>\"}");
    assertThat(rendered(ONE)).isEqualTo("config");
    write("chat_template.jinja", "file {{ bos_token }}");
    assertThat(rendered(ONE)).isEqualTo("file <s>");
  }

  @Test
  void among_named_templates_tools_choose_tool_use() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [{"name": "default", "template": "plain"},
                           {"name": "tool_use", "template": "tools {{ tools | length }}"}]}\
        """);
    assertThat(rendered(ONE)).isEqualTo("plain");
    RenderInput withTools = new RenderInput(ONE.messages(), List.of(Map.of()), true, Map.of());
    assertThat(rendered(withTools)).isEqualTo("tools 1");
  }

  @Test
  void named_templates_without_a_default_are_refused() throws IOException {
    write(
        "tokenizer_config.json", "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"\"}]}");
    assertThatThrownBy(() -> ChatTemplate.load(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("[rag]");
  }

  @Test
  void a_token_may_be_named_by_an_object_and_in_the_older_file() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<b>\"}, \"chat_template\": \"{{ bos_token + eos_token }}\"}");
    write("special_tokens_map.json", "{\"eos_token\": \"<e>\"}");
    assertThat(rendered(ONE)).isEqualTo("<b><e>");
  }

  @Test
  void a_folder_without_a_template_has_none() throws IOException {
    assertThat(ChatTemplate.load(folder)).isNull();
  }

  @Test
  void a_broken_template_names_its_file_and_line() throws IOException {
    write("chat_template.jinja", "a\n{% if %}");
    assertThatThrownBy(() -> ChatTemplate.load(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("chat_template.jinja")
        .hasMessageContaining("line 2");
  }

  @Test
  void without_tools_the_variable_is_none_and_other_fields_are_variables() {
    String template =
        "{{ tools is none }} {{ documents is none }} {{ add_generation_prompt }} {{ mode }}";
    RenderInput input = RenderInput.parse("{\"messages\": [], \"mode\": {\"a\": 1.0}}");
    assertThat(ChatTemplate.parse(template).render(input)).isEqualTo("True True False {'a': 1.0}");
  }

  @Test
  void reasoning_is_found_under_each_of_its_names() {
    ChatTemplate template =
        ChatTemplate.parse(
            "{{ messages[0].reasoning_content }} {{ messages[0].thinking }} {{ messages[1] }}");
    String json =
        "{\"messages\": [{\"role\": \"assistant\", \"reasoning\": \"hm\"}, {\"role\": \"user\"}]}";
    assertThat(template.render(RenderInput.parse(json))).isEqualTo("hm hm {'role': 'user'}");
  }

  @Test
  void an_input_that_is_no_conversation_is_refused() {
    for (String broken :
        List.of("", "[]", "{}", "{\"messages\": 3}", "{\"messages\": [], \"tools\": 1}")) {
      assertThatThrownBy(() -> RenderInput.parse(broken)).isInstanceOf(FormatException.class);
    }
  }

  private String rendered(RenderInput input) throws IOException {
    return Objects.requireNonNull(ChatTemplate.load(folder)).render(input);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
