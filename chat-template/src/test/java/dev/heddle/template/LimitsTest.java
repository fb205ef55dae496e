package dev.heddle.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A template is a stranger's program: whatever it tries ends in text or a TemplateException. */
class LimitsTest {
  private static final Map<String, Object> VARIABLES =
      Map.of("s", "text", "l", List.of(1, 2), "d", Map.of("a", 1), "big", "ab".repeat(500_000));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
        "{{ ('x' * 9999999) ~ ('x' * 9999999) }}",
        "{% for i in range(999) %}{{ big }}{% endfor %}",
        "{{ [0] * 999999999 }}",
        "{{ range(9999999999) }}",
        "{{ 9 ** 99999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%.999999999f' % 1 ~ '%*d' % (999999999, 1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ 'x'.center(999999999) }}",
        "{{ 'x'.zfill(999999999) }}",
        "{{ 'a\nb' | indent(999999999) }}",
        "{{ 'a' | center(999999999) }}",
        "{{ [1] | batch(999999999, 0) | list }}",
        "{{ [1] | slice(999999999) | list }}",
        "{{ ('x' * 9999999) | list | length }}",
        "{{ big.replace('', big) }}",
        "{{ big.split('a') | join(big) }}",
        "{{ (big ~ big) in (big ~ big ~ 'c') ~ big }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[], y=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(999) %}{% set ns.x = (ns.x,) %}{% endfor %}{{ {ns.x: 1} }}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=0) %}{% set ns.x = ns %}{{ ns }}"
      })
  void what_would_take_too_much_is_refused(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
  }

  @Test
  void deep_sources_are_refused() {
    for (String deep : List.of("(", "[", "{1:", "-", "not ", "f(", "x[", "1 if 1 else ")) {
      assertThatThrownBy(() -> render("{{ " + deep.repeat(100_000) + "1 }}"))
          .as(deep)
          .isInstanceOf(TemplateException.class);
    }
    assertThatThrownBy(() -> render("{% if 1 %}".repeat(50_000)))
        .isInstanceOf(TemplateException.class);
    assertThatThrownBy(() -> render("{{ s" + "|upper".repeat(100_000) + " }}"))
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> Template.parse("x".repeat(RenderLimits.TEMPLATE + 1)))
        .isInstanceOf(TemplateException.class);
  }

  @Test
  void long_flat_sources_are_not_deep() {
    assertThat(render("{{ 0" + " + 1".repeat(5000) + " }}")).isEqualTo("5000");
    assertThat(render("{% if 0 %}" + "{% elif 0 %}".repeat(5000) + "{% else %}x{% endif %}"))
        .isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ s.__class__.__mro__ }}",
        "{{ s.getClass() }}",
        "{{ s.class.name.x }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ '{0.__class__.__init__}'.format(s) }}",
        "{{ l.append(1) }}",
        "{{ d.update({'b': 2}) }}",
        "{{ d.pop('a') }}",
        "{{ s | attr('__class__') | attr('x') }}",
        "{{ namespace(__init__=1) }}",
        "{{ self.x.y }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}"
      })
  void nothing_but_values_is_within_reach(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
  }

  @Test
  void an_error_names_its_line() {
    assertThatThrownBy(() -> render("a\n\n{{ nothing.x }}"))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> {
              assertThat(e.line()).isEqualTo(3);
              assertThat(e.raised()).isFalse();
              assertThat(e.described()).isEqualTo("line 3: 'nothing' is undefined");
            });
    assertThatThrownBy(() ->
            render("a\n{% macro m() %}\n{{ raise_exception('no ' ~ s) }}{% endmacro %}\n{{ m() }}"))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> {
              assertThat(e.line()).isEqualTo(3);
              assertThat(e.raised()).isTrue();
              assertThat(e).hasMessage("no text");
            });
  }

  @Test
  void a_long_conversation_is_within_the_limits() {
    String turn = "word ".repeat(2000);
    List<Map<String, String>> messages =
        IntStream.range(0, 400)
            .mapToObj(i -> Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", turn))
            .toList();
    String template =
        "{% for m in messages[::-1] %}{% endfor %}{% for m in messages %}"
            + "{{ '<' + m.role + '>' + m.content | trim + '</s>\n' }}{% endfor %}";
    assertThat(Template.parse(template).render(Map.of("messages", messages)))
        .hasSize(400 * 10_005 + 200 * 15);
  }

  private static String render(String template) {
    return Template.parse(template).render(VARIABLES);
  }
}
