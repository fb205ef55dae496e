package dev.heddle.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Random damage to templates never ends in anything but text or a TemplateException. */
class MutationTest {
  private static final RenderLimits SMALL = new RenderLimits(20_000, 100_000, 500_000, 200);
  private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 3, 5, 0, 0, 0, 0, ZoneOffset.UTC);

  @Test
  void a_damaged_template_renders_or_is_refused() {
    List<String> templates = new ArrayList<>();
    Map<String, Object> variables = new HashMap<>();
    for (String file : List.of("expressions.json", "statements.json")) {
      JsonNode goldens = Goldens.read(file);
      goldens.path("cases").forEach(c -> templates.add(c.path("template").asString()));
      goldens.path("variables").properties().forEach(e -> variables.put(e.getKey(), e.getValue()));
    }
    int rendered = 0;
    for (int seed = 0; seed < 30_000; seed++) {
      String template = damaged(templates, new Random(seed));
      try {
        String text = Template.parse(template).render(variables, SMALL, NOW);
        assertThat(text.length()).isLessThanOrEqualTo(SMALL.output());
        rendered++;
      } catch (TemplateException e) {
        assertThat(e.line()).as("seed %d", seed).isPositive();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + template, e);
      }
    }
    assertThat(rendered).isGreaterThan(1000);
  }

  private static String damaged(List<String> templates, Random random) {
    StringBuilder text = new StringBuilder(templates.get(random.nextInt(templates.size())));
    for (int i = random.nextInt(4); i >= 0; i--) {
      String other = templates.get(random.nextInt(templates.size()));
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(6));
      int start = random.nextInt(other.length());
      int end = Math.min(other.length(), start + random.nextInt(12));
      text.replace(from, to, other.substring(start, end));
    }
    return text.toString();
  }
}
