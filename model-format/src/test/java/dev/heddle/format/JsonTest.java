package dev.heddle.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.testing.Refusals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static void parse(String json) {
    Json.parse(json.getBytes(StandardCharsets.UTF_8), "x.json");
  }

  @Test
  void a_value_is_read_as_it_stands() {
    byte[] json = "{\"a\": [1, 2.5, null, \"é\"]}\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(json, "x").get("a").get(3).stringValue()).isEqualTo("é");
  }

  @Test
  void a_duplicate_json_key_is_refused() {
    assertThat(Refusals.codes(() -> parse("{\"a\": {\"b\": 1, \"b\": 1}}")))
        .containsExactly("duplicate-key");
    assertThat(Refusals.codes(() -> parse("{\"a\": 1, \"\\u0061\": 1}")))
        .containsExactly("duplicate-key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1} x",
        "{} {}",
        "{'a':1}",
        "// c\n1",
        "NaN",
        "01",
        "+1",
        ".5",
        "\uFEFF{}",
        "\"a\nb\"",
        "tru"
      })
  void what_rfc_8259_does_not_allow_is_refused(String json) {
    assertThat(Refusals.codes(() -> parse(json))).containsExactly("bad-json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "+1",
        "/* c */ {}",
        "\"a\nb\"",
        "{\"a\":}",
        "[1",
        "tru",
        "{} x",
        "{\"a\":\\x}"
      })
  void what_is_wrong_is_told_without_the_parser_s_own_terms(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOfSatisfying(
            FormatException.class,
            e ->
                assertThat(e.violations().getFirst().message())
                    .doesNotContainPattern(
                        "`|Feature|enable|Source|REDACTED|JSON String|CTRL|jackson|  "));
  }

  @Test
  void invalid_utf8_is_refused() {
    byte[][] inputs = {
      {'"', (byte) 0xC3, '"'},
      {'"', (byte) 0xC0, (byte) 0x80, '"'},
      {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}
    };
    for (byte[] input : inputs) {
      assertThat(Refusals.codes(() -> Json.parse(input, "x"))).containsExactly("bad-utf8");
    }
  }

  @Test
  void depth_and_length_of_numbers_are_limited() {
    parse("[".repeat(64) + "]".repeat(64));
    assertThat(Refusals.codes(() -> parse("[".repeat(65) + "]".repeat(65))))
        .containsExactly("bad-json");
    assertThat(Refusals.codes(() -> parse("[".repeat(1_000_000)))).containsExactly("bad-json");
    assertThat(Refusals.codes(() -> parse("1".repeat(101)))).containsExactly("bad-json");
  }

  @Test
  void a_file_that_is_too_large_or_not_there_is_refused(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("a.json"), "[1, 2]");
    assertThat(Json.read(file, 6).size()).isEqualTo(2);
    assertThat(Refusals.codes(() -> Json.read(file, 5))).containsExactly("file-too-large");
    assertThat(Refusals.of(() -> Json.read(dir.resolve("b.json"), 5)))
        .containsExactly("missing-file at b.json: there is no such file");
    assertThat(Refusals.codes(() -> Json.read(dir, 5))).containsExactly("unreadable-file");
  }

  @Test
  void text_of_the_input_is_safe_to_print_in_a_violation() {
    Violation violation = new Violation("x", "a\nb\u001b[31m", "y".repeat(10_000));
    assertThat(violation.where()).isEqualTo("a\\u000ab\\u001b[31m");
    assertThat(violation.message()).hasSizeLessThan(500);
  }

  @Test
  void past_the_first_violations_the_rest_are_counted() {
    Violations violations = new Violations();
    for (int i = 0; i < 1005; i++) {
      violations.add("x", "" + i, "m");
    }
    assertThat(violations.count()).isEqualTo(1005);
    assertThat(violations.list()).hasSize(33);
    assertThat(violations.list().getLast().message()).startsWith("973 more");
  }
}
