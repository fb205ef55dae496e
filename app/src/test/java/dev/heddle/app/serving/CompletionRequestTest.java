package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.serving.CompletionRequest.Prompt;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionRequestTest {
  private static final RequestLimits LIMITS = new RequestLimits(1000, 4, ScriptedAnswer.STRUCTURES);

  @Test
  void a_prompt_is_a_string_or_a_list_of_them() {
    assertThat(read("'prompt':'a'").prompts()).containsExactly(new Prompt.Text("a"));
    assertThat(read("'prompt':['a','b']").prompts())
        .containsExactly(new Prompt.Text("a"), new Prompt.Text("b"));
  }

  @Test
  void a_prompt_is_ids_or_a_list_of_lists_of_ids() {
    assertThat(read("'prompt':[1,2]").prompts())
        .singleElement()
        .isInstanceOfSatisfying(
            Prompt.Tokens.class, tokens -> assertThat(tokens.ids()).containsExactly(1, 2));
    assertThat(read("'prompt':[[1],[2,3]]").prompts())
        .extracting(prompt -> ((Prompt.Tokens) prompt).ids())
        .containsExactly(new int[] {1}, new int[] {2, 3});
  }

  @Test
  void an_echo_needs_no_new_tokens() {
    CompletionRequest request = read("'prompt':'a','echo':true,'logprobs':0,'max_tokens':0");

    assertThat(request.echo()).isTrue();
    assertThat(request.options().logprobs()).isZero();
    assertThat(request.options().maxTokens()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'echo':true | prompt | is required",
        "'prompt':5 | prompt | must be a string",
        "'prompt':[] | prompt | must not be empty",
        "'prompt':[[]] | prompt[0] | must not be empty",
        "'prompt':[1,1000] | prompt[1] | is not a token id below 1000",
        "'prompt':[1,-1] | prompt[1] | is not a token id",
        "'prompt':[1,'a'] | prompt[1] | is not a token id",
        "'prompt':['a',{}] | prompt[1] | must be a string",
        "'prompt':['a','b','c','d','e'] | prompt | at most 4",
        "'prompt':['a','b'],'n':3 | prompt | 6 answers",
        "'prompt':'a','max_tokens':0 | max_tokens | must be between 1",
        "'prompt':'a','logprobs':true | logprobs | must be an integer",
        "'prompt':'a','logprobs':21 | logprobs | must be between 0 and 20",
        "'prompt':'a','echo':'yes' | echo | must be true or false",
        "'prompt':'a','suffix':'end' | suffix | is not supported",
        "'prompt':'a','continue_final_message':true | continue_final_message | /v1/chat/completions",
        "'prompt':'a','add_generation_prompt':true | add_generation_prompt | /v1/chat/completions",
        "'prompt':'a','chat_template':'x' | chat_template | /v1/chat/completions",
        "'prompt':'a','chat_template_kwargs':{} | chat_template_kwargs | /v1/chat/completions",
        "'prompt':'a','add_special_tokens':false | add_special_tokens | is not supported",
        "'prompt':'a','best_of':3 | best_of | is not supported",
      })
  void a_faulty_field_is_named(String fields, String param, String message) {
    ApiException refused = catchThrowableOfType(ApiException.class, () -> read(fields));

    assertThat(refused.param()).isEqualTo(param);
    assertThat(refused).hasMessageContaining(message);
  }

  private static CompletionRequest read(String fields) {
    byte[] body =
        ("{'model':'m'," + fields + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return CompletionRequest.read(JsonBody.parse(body, tree -> tree), LIMITS);
  }
}
