package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.adapter.GoldenCase.Answer;
import dev.heddle.format.adapter.GoldenCase.Prompt;
import dev.heddle.format.testing.Refusals;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldenFileTest {
  private static final int VOCABULARY = 100;

  @Test
  void each_form_of_prompt_and_answer_is_read() {
    assertThat(
            parse(
                """
                [{"prompt": "a", "max_tokens": 3, "text": "b"},
                 {"prompt": [1, 99], "max_tokens": 2, "token_ids": [4, 5]},
                 {"messages": [{"role": "user", "content": "c"}], "max_tokens": 512, "text": ""}]
                """))
        .containsExactly(
            new GoldenCase(new Prompt.Text("a"), 3, new Answer.Text("b")),
            new GoldenCase(new Prompt.Tokens(List.of(1, 99)), 2, new Answer.Tokens(List.of(4, 5))),
            new GoldenCase(
                new Prompt.Messages(List.of(Map.of("role", "user", "content", "c"))),
                512,
                new Answer.Text("")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                       | golden-cases",
        "[]                                                       | golden-cases",
        "[3]                                                      | wrong-type",
        "[{\"prompt\":\"a\",\"max_tokens\":0,\"text\":\"b\"}]     | out-of-range",
        "[{\"prompt\":\"a\",\"text\":\"b\"}]                      | missing-field",
        "[{\"prompt\":\"\",\"max_tokens\":1,\"text\":\"b\"}]      | golden-prompt",
        "[{\"max_tokens\":1,\"text\":\"b\"}]                      | golden-prompt",
        "[{\"prompt\":[],\"max_tokens\":1,\"text\":\"b\"}]        | golden-tokens",
        "[{\"prompt\":[100],\"max_tokens\":1,\"text\":\"b\"}]     | out-of-range",
        "[{\"prompt\":3,\"max_tokens\":1,\"text\":\"b\"}]         | wrong-type",
        "[{\"prompt\":\"a\",\"max_tokens\":1}]                    | golden-answer",
        "[{\"prompt\":\"a\",\"max_tokens\":1,\"token_ids\":[1,2]}]| golden-tokens",
        "[{\"messages\":[],\"max_tokens\":1,\"text\":\"b\"}]      | golden-messages",
        "[{\"messages\":[{\"role\":\"user\"}],\"max_tokens\":1,\"text\":\"b\"}] | golden-messages",
        "[{\"prompt\":\"a\",\"max_tokens\":1,\"text\":\"b\",\"temperature\":1}] | unknown-field",
        "[{                                                       | bad-json",
      })
  void what_is_no_golden_prompt_is_refused(String json, String code) {
    assertThat(Refusals.codes(() -> parse(json))).containsExactly(code);
  }

  @Test
  void every_fault_is_named_at_once_and_there_is_an_end_to_cases() {
    assertThat(
            Refusals.of(() ->
                parse(
                    """
                    [{"prompt": "a", "messages": [], "max_tokens": 1, "text": "b"},
                     {"prompt": "a", "max_tokens": 513, "text": 3}]
                    """)))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("golden-prompt at golden.json[0]"),
            second -> assertThat(second).startsWith("out-of-range at golden.json[1].max_tokens"),
            third -> assertThat(third).startsWith("wrong-type at golden.json[1].text"));
    String one = "{\"prompt\": \"a\", \"max_tokens\": 1, \"text\": \"b\"}";
    assertThat(parse("[" + String.join(",", Collections.nCopies(32, one)) + "]")).hasSize(32);
    assertThat(
            Refusals.codes(() -> parse("[" + String.join(",", Collections.nCopies(33, one)) + "]")))
        .containsExactly("golden-cases");
  }

  private static List<GoldenCase> parse(String json) {
    return GoldenFile.parse(json.getBytes(StandardCharsets.UTF_8), VOCABULARY);
  }
}
