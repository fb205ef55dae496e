package dev.heddle.format.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.heddle.format.FormatException;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.RenderInput;
import dev.heddle.template.RenderLimits;
import dev.heddle.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Any bytes as a chat template give a text within the limits, or a TemplateException. An input is a
 * template, or a template, a zero byte and the JSON it is rendered with.
 */
class TemplateFuzzTest {
  private static final RenderInput CONVERSATION =
      new RenderInput(
          List.of(
              Map.of("role", "system", "content", "s"),
              Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", "é👋"))),
              Map.of("role", "assistant", "content", "</think> a <b>", "n", 2.5)),
          List.of(Map.of("function", Map.of("name", "f", "parameters", Map.of()))),
          true,
          Map.of("bos_token", "<s>", "eos_token", "</s>", "x", "x", "n", 3, "l", List.of(3, 1)));

  @FuzzTest
  void any_template_renders_or_is_refused(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    int zero = text.indexOf('\0');
    try {
      ChatTemplate template = ChatTemplate.parse(zero < 0 ? text : text.substring(0, zero));
      RenderInput values = zero < 0 ? CONVERSATION : RenderInput.parse(text.substring(zero + 1));
      assertThat(template.render(values).length())
          .isLessThanOrEqualTo(RenderLimits.STANDARD.output());
    } catch (TemplateException e) {
      assertThat(e.line()).isPositive();
    } catch (FormatException e) {
      assertThat(e.violations()).isNotEmpty();
    }
  }
}
