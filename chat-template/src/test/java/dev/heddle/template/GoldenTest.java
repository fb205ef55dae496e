package dev.heddle.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Against what transformers renders; where it fails, so must this. */
class GoldenTest {
  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2026, 3, 5, 14, 7, 9, 0, ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> expressions() {
    return tests("expressions.json");
  }

  @TestFactory
  List<DynamicTest> statements() {
    return tests("statements.json");
  }

  @TestFactory
  List<DynamicTest> what_templates_hardly_use() {
    return tests("rare.json");
  }

  @TestFactory
  List<DynamicTest> whole_templates() {
    return tests("styles.json");
  }

  private static List<DynamicTest> tests(String file) {
    JsonNode goldens = Goldens.read(file);
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : goldens.path("cases")) {
      String template = golden.path("template").asString();
      Map<String, Object> variables = new HashMap<>();
      goldens.path("variables").properties().forEach(e -> variables.put(e.getKey(), e.getValue()));
      golden.path("variables").properties().forEach(e -> variables.put(e.getKey(), e.getValue()));
      tests.add(
          DynamicTest.dynamicTest(
              tests.size() + ": " + template.lines().findFirst().orElse(""),
              () -> renders(template, variables, golden.path("rendered"))));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void renders(String template, Map<String, Object> variables, JsonNode expected) {
    if (expected.isNull()) {
      assertThatThrownBy(() -> render(template, variables)).isInstanceOf(TemplateException.class);
    } else {
      assertThat(render(template, variables)).isEqualTo(expected.asString());
    }
  }

  private static String render(String template, Map<String, Object> variables) {
    return Template.parse(template).render(variables, RenderLimits.STANDARD, NOW);
  }
}
