package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.request.JsonBody;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenRules;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.BooleanNode;

class ChatRequestTest {
  private static final RequestLimits LIMITS = new RequestLimits(1000, 8, ScriptedAnswer.STRUCTURES);
  private static final String HELLO = "'model':'m','messages':[{'role':'user','content':'hi'}]";

  @Test
  void defaults_are_those_of_the_openai_api() {
    Options options = read("").options();

    assertThat(options.model()).isEqualTo("m");
    assertThat(options.maxTokens()).isNull();
    assertThat(options.choices()).isEqualTo(1);
    assertThat(options.stops()).isEmpty();
    assertThat(options.stream()).isFalse();
    assertThat(options.includeUsage()).isFalse();
    assertThat(options.logprobs()).isEqualTo(-1);
    assertThat(options.ignoreEos()).isFalse();
    assertThat(options.tokenIds()).isFalse();
    SamplingParams sampling = options.sampling();
    assertThat(sampling)
        .isEqualTo(new SamplingParams(1, 0, 1, 0, 1, 0, 0, Map.of(), sampling.seed()));
  }

  @Test
  void every_field_is_read() {
    Options options =
        read("""
        ,'max_completion_tokens':7,'temperature':0.5,'top_p':0.25,'top_k':3,'min_p':0.125,
        'repetition_penalty':1.5,'presence_penalty':-1,'frequency_penalty':2,'n':4,
        'stop':['a','b'],'seed':-5,'stream':true,'stream_options':{'include_usage':true},
        'logprobs':true,'top_logprobs':20,'logit_bias':{'999':-100},'user':'u',
        'ignore_eos':true,'return_token_ids':true,'include_stop_str_in_output':true,
        'bad_words':['x','y'],'truncate_prompt_tokens':-1,'min_tokens':7,'stop_token_ids':[3,5.0],
        'allowed_token_ids':[999]
        """)
            .options();

    assertThat(options.maxTokens()).isEqualTo(7);
    assertThat(options.sampling())
        .isEqualTo(
            new SamplingParams(0.5f, 3, 0.25f, 0.125f, 1.5f, -1, 2, Map.of(999, -100f), -5)
                .withRules(
                    new TokenRules(
                        7,
                        BitSet.valueOf(new long[] {(1L << 3) | (1L << 5)}),
                        BitSet.valueOf(LongStream.range(0, 16).map(i -> i / 15 << 39).toArray()),
                        List.of())));
    assertThat(options.includeStop()).isTrue();
    assertThat(options.badWords()).containsExactly("x", "y");
    assertThat(options.truncatePrompt()).isEqualTo(-1);
    assertThat(options.choices()).isEqualTo(4);
    assertThat(options.stops()).containsExactly("a", "b");
    assertThat(options.stream()).isTrue();
    assertThat(options.includeUsage()).isTrue();
    assertThat(options.logprobs()).isEqualTo(20);
    assertThat(options.ignoreEos()).isTrue();
    assertThat(options.tokenIds()).isTrue();
  }

  @Test
  void the_layout_of_messages_is_read() {
    assertThat(read("").layout()).isEqualTo(ChatLayout.ANSWER);
    assertThat(read(",'continue_final_message':true").layout())
        .isEqualTo(new ChatLayout(false, true, Map.of()));
    assertThat(read(",'add_generation_prompt':false").layout())
        .isEqualTo(new ChatLayout(false, false, Map.of()));
    assertThat(read(",'chat_template_kwargs':{'think':false}").layout().variables())
        .containsEntry("think", BooleanNode.FALSE);
  }

  @Test
  void without_a_seed_each_request_gets_its_own() {
    assertThat(read("").options().sampling().seed())
        .isNotEqualTo(read("").options().sampling().seed());
  }

  @Test
  void text_parts_are_joined_by_lines_and_developer_is_system() {
    ChatRequest request =
        ChatRequest.read(
            JsonBody.parse(
                bytes(
                    """
                    {'model':'m','messages':[{'role':'developer','content':'be kind'},
                     {'role':'assistant','content':null},
                     {'role':'user','name':'ann','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]}
                    """),
                tree -> tree),
            LIMITS);

    assertThat(request.messages())
        .containsExactly(
            Map.of("role", "system", "content", "be kind"),
            Map.of("role", "assistant", "content", ""),
            Map.of("role", "user", "content", "a\nb", "name", "ann"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'temperature':'hot' | temperature | must be a number",
        "'temperature':2.5 | temperature | must be between 0.0 and 2.0",
        "'top_p':-0.1 | top_p | must be between",
        "'top_k':-2 | top_k | must be between",
        "'min_p':2 | min_p | must be between",
        "'repetition_penalty':0 | repetition_penalty | must be over 0",
        "'presence_penalty':3 | presence_penalty | must be between",
        "'frequency_penalty':-3 | frequency_penalty | must be between",
        "'max_tokens':0 | max_tokens | must be between 1",
        "'max_tokens':1.5 | max_tokens | must be an integer",
        "'max_tokens':99999999999999999999 | max_tokens | must be between",
        "'max_tokens':1,'max_completion_tokens':2 | max_tokens | differs",
        "'n':0 | n | must be between 1 and 8",
        "'n':9 | n | must be between 1 and 8",
        "'stop':1 | stop | must be a string or an array",
        "'stop':['a',''] | stop[1] | must have 1 to 256 characters",
        "'stop':[1] | stop[0] | must be a string",
        "'seed':'x' | seed | must be an integer",
        "'stream':1 | stream | must be true or false",
        "'stream_options':{'include_usage':true} | stream_options | only allowed when",
        "'stream':true,'stream_options':5 | stream_options | must be an object",
        "'logprobs':5 | logprobs | must be true or false",
        "'logprobs':true,'top_logprobs':21 | top_logprobs | must be between 0 and 20",
        "'top_logprobs':2 | top_logprobs | needs 'logprobs'",
        "'logit_bias':[] | logit_bias | must be an object",
        "'logit_bias':{'1000':1} | logit_bias.1000 | is not a token id below 1000",
        "'logit_bias':{'1':101} | logit_bias.1 | must be between",
        "'user':1 | user | must be a string",
        "'model':'' | model | must not be empty",
        "'model':null | model | is required",
        "'min_tokens':-1 | min_tokens | must be between",
        "'max_tokens':3,'min_tokens':4 | min_tokens | must not be over 'max_tokens', which is 3",
        "'stop_token_ids':7 | stop_token_ids | must be an array of token ids",
        "'stop_token_ids':[1,1000] | stop_token_ids[1] | is not a token id below 1000",
        "'allowed_token_ids':[] | allowed_token_ids | must not be empty",
        "'allowed_token_ids':['a'] | allowed_token_ids[0] | is not a token id",
        "'bad_words':[' '] | bad_words | nothing but space",
        "'bad_words':[1] | bad_words[0] | must be a string",
        "'include_stop_str_in_output':'no' | include_stop_str_in_output | must be true or false",
        "'truncate_prompt_tokens':0 | truncate_prompt_tokens | must be -1, or 1 or more",
        "'prompt_logprobs':-1 | prompt_logprobs | must be between 0 and 20",
        "'prompt_logprobs':1,'stream':true | prompt_logprobs | is not allowed when 'stream'",
        "'continue_final_message':true,'add_generation_prompt':true | add_generation_prompt | cannot",
        "'chat_template_kwargs':[] | chat_template_kwargs | must be an object",
        "'chat_template_kwargs':{'messages':[]} | chat_template_kwargs.messages | is not a request's",
        "'chat_template_kwargs':{'eos_token':'x'} | chat_template_kwargs.eos_token | is not a request's",
        "'messages':[] | messages | at least one",
        "'messages':[3] | messages[0] | must be an object",
        "'messages':[{'role':'user'}] | messages[0].content | is required",
        "'messages':[{'role':'king','content':'x'}] | messages[0].role | must be system",
        "'messages':[{'content':'x'}] | messages[0].role | is required",
        "'messages':[{'role':'user','content':5}] | messages[0].content | must be a string",
        "'messages':[{'role':'user','content':[{'type':'text'}]}] | messages[0].content[0].text | is required",
        "'messages':[{'role':'user','content':'\\ud800'}] | messages[0].content | surrogate",
      })
  void a_faulty_field_is_named(String field, String param, String message) {
    ApiException refused = refuse(field);

    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refused.param()).isEqualTo(param);
    assertThat(refused).hasMessageContaining("'" + param + "'").hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'tools':[{'type':'web_search'}] | tools[0].type",
        "'functions':[{}] | functions",
        "'function_call':'auto' | function_call",
        "'audio':{} | audio",
        "'modalities':['text','audio'] | modalities",
        "'prediction':{} | prediction",
        "'best_of':2 | best_of",
        "'adapter_id':'x' | adapter_id",
        "'chat_template':'{{ messages }}' | chat_template",
        "'documents':[{}] | documents",
        "'skip_special_tokens':false | skip_special_tokens",
        "'add_special_tokens':true | add_special_tokens",
        "'echo':true | echo",
        "'do_sample':false | do_sample",
        "'length_penalty':0.5 | length_penalty",
        "'max_new_tokens':5 | max_new_tokens",
        "'messages':[{'role':'user','content':[{'type':'image_url'}]}] | messages[0].content[0].type",
      })
  void a_known_field_that_is_not_built_is_refused_by_name(String field, String param) {
    ApiException refused = refuse(field);

    assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
    assertThat(refused.param()).isEqualTo(param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'tools':[]",
        "'tool_choice':'none'",
        "'tool_choice':'auto'",
        "'response_format':{'type':'text'}",
        "'modalities':['text']",
        "'best_of':1",
        "'skip_special_tokens':true",
        "'length_penalty':1.0",
        "'echo':false",
        "'stop':[]",
        "'stop':null",
        "'temperature':null",
        "'top_k':-1",
        "'invented_by_a_client':{'deep':[1]}",
      })
  void what_changes_nothing_is_taken(String field) {
    assertThat(read("," + field).messages()).hasSize(1);
  }

  @Test
  void every_fault_is_told_at_once() {
    ApiException refused = refuse("'temperature':9,'n':0,'stop':1,'tools':[1]");

    assertThat(refused.violations())
        .extracting(violation -> violation.where())
        .containsExactlyInAnyOrder("temperature", "n", "stop", "tools[0]");
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  private static ApiException refuse(String field) {
    String body =
        field.startsWith("'messages'")
            ? "'model':'m'," + field
            : field.startsWith("'model'")
                ? field + ",'messages':[{'role':'user','content':'hi'}]"
                : HELLO + "," + field;
    return catchThrowableOfType(
        ApiException.class,
        () -> ChatRequest.read(JsonBody.parse(bytes("{" + body + "}"), tree -> tree), LIMITS));
  }

  private static ChatRequest read(String more) {
    return ChatRequest.read(JsonBody.parse(bytes("{" + HELLO + more + "}"), tree -> tree), LIMITS);
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
