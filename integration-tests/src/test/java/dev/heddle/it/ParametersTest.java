package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Parameters beyond OpenAI's: each changes the answer as it says, or is refused by its name. */
class ParametersTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String PROMPT = "turn on the lights in the kitchen";
  private static final String COMPLETION =
      "'model':'base','prompt':'the old dog','temperature':0,'return_token_ids':true,'max_tokens':8";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "chat | 'adapter_id':'intent' | adapter_id | name the adapter in 'model'",
        "chat | 'chat_template':'{{ messages }}' | chat_template | not taken from requests",
        "chat | 'chat_template_kwargs':{'messages':[]} | chat_template_kwargs.messages | not a request's",
        "chat | 'continue_final_message':true,'add_generation_prompt':true | add_generation_prompt | true",
        "chat | 'min_tokens':97 | min_tokens | over 'max_tokens'",
        "chat | 'stop_token_ids':[1536] | stop_token_ids[0] | below 1536",
        "chat | 'allowed_token_ids':[] | allowed_token_ids | empty",
        "chat | 'bad_words':[' '] | bad_words | space",
        "chat | 'truncate_prompt_tokens':0 | truncate_prompt_tokens | 1 or more",
        "chat | 'prompt_logprobs':1,'stream':true | prompt_logprobs | stream",
        "chat | 'skip_special_tokens':false | skip_special_tokens | not supported",
        "completion | 'adapter_id':'intent' | adapter_id | name the adapter in 'model'",
        "completion | 'continue_final_message':true | continue_final_message | /v1/chat/completions",
        "completion | 'add_generation_prompt':true | add_generation_prompt | /v1/chat/completions",
        "completion | 'chat_template':'x' | chat_template | /v1/chat/completions",
        "completion | 'chat_template_kwargs':{} | chat_template_kwargs | /v1/chat/completions",
        "completion | 'add_special_tokens':false | add_special_tokens | not supported",
      })
  void what_is_not_built_or_wrong_is_refused_by_its_name(
      String endpoint, String field, String param, String message) {
    String json = field.replace('\'', '"');
    HttpResponse<String> response =
        endpoint.equals("chat")
            ? PLATFORM.post(
                "/v1/chat/completions", chat().toString().replaceFirst("\\{", "{" + json + ","))
            : PLATFORM.post("/v1/completions", completion("," + field));
    JsonNode error = PlatformFixture.expect(400, response).path("error");

    assertThat(error.path("param").asString()).isEqualTo(param);
    assertThat(error.path("message").asString()).contains(param).contains(message);
  }

  @Test
  void rules_that_leave_no_token_are_refused() {
    String rules = ",'allowed_token_ids':[1],'min_tokens':2";

    assertThat(
            PlatformFixture.expect(400, PLATFORM.post("/v1/completions", completion(rules)))
                .path("error")
                .path("message")
                .asString())
        .contains("allowed_token_ids");
  }

  @Test
  void min_tokens_keep_an_answer_from_ending() {
    JsonNode plain = ask(chat());
    int length = plain.path("usage").path("completion_tokens").intValue();
    JsonNode longer = ask(chat().put("min_tokens", length + 5));

    assertThat(longer.path("usage").path("completion_tokens").intValue()).isGreaterThan(length + 4);
    assertThat(ids(longer)).startsWith(ids(plain).subList(0, length - 1).toArray(Integer[]::new));
  }

  @Test
  void a_stop_string_counts_only_after_min_tokens() {
    String whole = text(ask(chat()));
    ObjectNode stopped = chat().put("stop", whole.substring(0, 2));

    assertThat(text(ask(stopped))).isEmpty();
    assertThat(text(ask(stopped.put("min_tokens", 8)))).isEqualTo(whole);
  }

  @Test
  void a_stop_token_ends_an_answer_and_is_shown_if_that_is_asked_for() {
    JsonNode whole = ask(chat());
    List<Integer> tokens = ids(whole);
    int stop = tokens.get(4);
    int at = tokens.indexOf(stop);
    ObjectNode request = chat();
    request.putArray("stop_token_ids").add(stop);
    JsonNode stopped = ask(request);
    JsonNode shown = ask(request.put("include_stop_str_in_output", true));

    assertThat(ids(stopped)).isEqualTo(tokens.subList(0, at + 1)).isEqualTo(ids(shown));
    assertThat(stopped.path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");
    assertThat(text(shown)).startsWith(text(stopped)).hasSizeGreaterThan(text(stopped).length());
    assertThat(text(whole)).startsWith(text(shown));
  }

  @Test
  void a_stop_string_is_shown_if_that_is_asked_for() {
    String whole = text(ask(chat()));
    String stop = whole.substring(5, 9);
    ObjectNode request = chat().put("stop", stop).put("include_stop_str_in_output", true);

    assertThat(text(ask(request))).isEqualTo(whole.substring(0, whole.indexOf(stop) + 4));
  }

  @Test
  void bad_words_do_not_come() {
    assertThat(text(ask(chat()))).contains("kitchen");
    ObjectNode request = chat();
    request.putArray("bad_words").add("kitchen").add("intent");

    assertThat(text(ask(request))).doesNotContain("kitchen").doesNotContain("intent");
  }

  @Test
  void nothing_but_allowed_tokens_comes() {
    ObjectNode request = chat().put("max_tokens", 12).put("temperature", 1);
    ArrayNode allowed = request.putArray("allowed_token_ids");
    List.of(40, 41, 42).forEach(allowed::add);

    assertThat(ids(ask(request))).hasSize(12).isSubsetOf(40, 41, 42);
  }

  @Test
  void a_truncated_prompt_keeps_its_last_tokens() {
    List<Integer> all = prompt(complete(""));
    assertThat(prompt(complete(",'truncate_prompt_tokens':2")))
        .isEqualTo(all.subList(all.size() - 2, all.size()));
    assertThat(prompt(complete(",'truncate_prompt_tokens':-1"))).isEqualTo(all);

    String tooLong = completion("").replace("the old dog", "the old dog ".repeat(1000));
    PlatformFixture.expect(400, PLATFORM.post("/v1/completions", tooLong));
    JsonNode cut =
        PlatformFixture.expect(
            200,
            PLATFORM.post(
                "/v1/completions", tooLong.replaceFirst("\\{", "{\"truncate_prompt_tokens\":-1,")));
    assertThat(cut.path("usage").path("prompt_tokens").intValue()).isEqualTo(1024 - 8);
  }

  @Test
  void prompt_logprobs_have_each_token_of_the_prompt_and_the_likeliest() {
    for (JsonNode answer :
        List.of(
            complete(",'prompt_logprobs':2").path("choices").path(0),
            ask(chat().put("prompt_logprobs", 2)))) {
      JsonNode scores = answer.path("prompt_logprobs");
      JsonNode prompt = answer.path("prompt_token_ids");
      assertThat(scores).hasSameSizeAs(prompt).hasSizeGreaterThan(2);
      assertThat(scores.path(0).isNull()).isTrue();
      for (int i = 1; i < prompt.size(); i++) {
        JsonNode own = scores.path(i).path(prompt.path(i).asString());
        assertThat(own.path("logprob").floatValue()).isNegative();
        assertThat(scores.path(i).size()).isBetween(2, 3);
        assertThat(scores.path(i).valueStream().map(one -> one.path("rank").asInt(0)))
            .contains(1, 2);
      }
    }
    assertThat(complete("").path("choices").path(0).has("prompt_logprobs")).isFalse();
  }

  @Test
  void a_final_message_is_continued() {
    String whole = text(ask(chat()));
    String begun = whole.substring(0, whole.indexOf("lights") + 6); // where a token ends
    ObjectNode request = chat().put("continue_final_message", true);
    ((ArrayNode) request.path("messages"))
        .addObject()
        .put("role", "assistant")
        .put("content", begun);

    assertThat(begun + text(ask(request))).isEqualTo(whole);
  }

  @Test
  void a_prompt_without_the_generation_prompt_is_shorter() {
    List<Integer> with = topPrompt(ask(chat()));
    List<Integer> without = topPrompt(ask(chat().put("add_generation_prompt", false)));

    assertThat(with).startsWith(without.toArray(Integer[]::new)).hasSizeGreaterThan(without.size());
  }

  @Test
  void template_variables_are_taken() {
    ObjectNode request = chat();
    request.putObject("chat_template_kwargs").put("enable_thinking", false);

    assertThat(topPrompt(ask(request))).isEqualTo(topPrompt(ask(chat())));
  }

  @Test
  void a_stream_tells_the_prompt_s_tokens_once() {
    for (String path : List.of("/v1/chat/completions", "/v1/completions")) {
      boolean chat = path.contains("chat");
      String body = chat ? chat().put("stream", true).toString() : completion(",'stream':true");
      List<JsonNode> chunks =
          PLATFORM
              .post(path, body)
              .body()
              .lines()
              .filter(line -> line.startsWith("data: {"))
              .map(line -> PlatformFixture.parse(line.substring(6)))
              .map(chunk -> chat ? chunk : chunk.path("choices").path(0))
              .toList();
      JsonNode whole = chat ? ask(chat()) : complete("").path("choices").path(0);

      assertThat(chunks.getFirst().path("prompt_token_ids"))
          .isNotEmpty()
          .isEqualTo(whole.path("prompt_token_ids"));
      assertThat(chunks.subList(1, chunks.size())).noneMatch(c -> c.has("prompt_token_ids"));
    }
  }

  private static ObjectNode chat() {
    return PlatformFixture.chat("intent", PROMPT);
  }

  private static String completion(String more) {
    return ("{" + COMPLETION + more + "}").replace('\'', '"');
  }

  private static JsonNode ask(ObjectNode request) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/chat/completions", request.toString()));
  }

  private static JsonNode complete(String more) {
    return PlatformFixture.expect(200, PLATFORM.post("/v1/completions", completion(more)));
  }

  private static String text(JsonNode answer) {
    return answer.path("choices").path(0).path("message").path("content").stringValue();
  }

  private static List<Integer> ids(JsonNode answer) {
    return integers(answer.path("choices").path(0).path("token_ids"));
  }

  private static List<Integer> prompt(JsonNode answer) {
    return integers(answer.path("choices").path(0).path("prompt_token_ids"));
  }

  private static List<Integer> topPrompt(JsonNode answer) {
    return integers(answer.path("prompt_token_ids"));
  }

  private static List<Integer> integers(JsonNode array) {
    List<Integer> integers = new ArrayList<>();
    array.forEach(id -> integers.add(id.intValue()));
    return integers;
  }
}
