package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The doors that are not OpenAI's completions: what they say is what a chat says. */
class DoorsTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String QUESTION = "turn on the lights in the kitchen";
  private static final String MESSAGE =
      "'model':'intent','max_tokens':96,'temperature':0,'messages':[{'role':'user','content':'"
          + QUESTION
          + "'}]";
  private static final String RESPONSE =
      "'model':'intent','max_output_tokens':96,'temperature':0,'input':'" + QUESTION + "'";
  private static final String TOOLS =
      ",'tools':[{'type':'function','function':{'name':'light','parameters':{'type':'object'}}}]";

  @Test
  void every_door_gives_the_same_answer_whole_and_in_pieces() {
    JsonNode chat = chat();
    String text = chat.at("/choices/0/message/content").stringValue();
    JsonNode message = post("/v1/messages", MESSAGE);
    JsonNode response = post("/v1/responses", RESPONSE);

    assertThat(message.at("/content/0/text").stringValue()).isEqualTo(text);
    assertThat(message.path("stop_reason").stringValue()).isEqualTo("end_turn");
    assertThat(response.at("/output/0/content/0/text").stringValue()).isEqualTo(text);
    assertThat(response.path("status").stringValue()).isEqualTo("completed");
    assertThat(joined(stream("/v1/messages", MESSAGE), "/delta/text")).isEqualTo(text);
    assertThat(
            joined(
                stream("/v1/responses", RESPONSE)
                    .filter(e -> e.path("type").asString("").equals("response.output_text.delta")),
                "/delta"))
        .isEqualTo(text);
  }

  @Test
  void every_door_counts_the_same_tokens() {
    JsonNode usage = chat().path("usage");
    int prompt = usage.path("prompt_tokens").intValue();
    JsonNode message = post("/v1/messages", MESSAGE).path("usage");
    JsonNode response = post("/v1/responses", RESPONSE).path("usage");
    String counted = MESSAGE.replace("'max_tokens':96,", "");

    assertThat(
            message.path("input_tokens").intValue()
                + message.path("cache_read_input_tokens").intValue())
        .isEqualTo(prompt);
    assertThat(message.path("output_tokens")).isEqualTo(usage.path("completion_tokens"));
    assertThat(response.path("input_tokens").intValue()).isEqualTo(prompt);
    assertThat(response.path("output_tokens")).isEqualTo(usage.path("completion_tokens"));
    assertThat(post("/v1/messages/count_tokens", counted).path("input_tokens").intValue())
        .isEqualTo(prompt);
  }

  @Test
  void tokens_are_those_of_the_prompt_and_make_its_text_again() {
    JsonNode tokens =
        post("/tokenize", "'model':'base','prompt':'the old dog','return_token_strs':true");
    JsonNode completion =
        post(
            "/v1/completions",
            "'model':'base','prompt':'the old dog','max_tokens':1,'return_token_ids':true");
    String ids = tokens.path("tokens").toString();

    assertThat(tokens.path("tokens")).isEqualTo(completion.at("/choices/0/prompt_token_ids"));
    assertThat(tokens.path("count").intValue()).isEqualTo(tokens.path("token_strs").size());
    assertThat(post("/detokenize", "'tokens':" + ids).path("prompt").stringValue())
        .contains("the old dog");
    assertThat(
            post("/tokenize", "'messages':[{'role':'user','content':'" + QUESTION + "'}]")
                .path("tokens"))
        .isEqualTo(chat().path("prompt_token_ids"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/messages", "/v1/messages/count_tokens"})
  void anthropics_doors_refuse_in_anthropics_words(String path) {
    HttpResponse<String> unknown =
        PLATFORM.post(path, json(MESSAGE.replace("'intent'", "'nobody'")));
    JsonNode error = PlatformFixture.expect(404, unknown);
    assertThat(error.path("type").stringValue()).isEqualTo("error");
    assertThat(error.at("/error/type").stringValue()).isEqualTo("not_found_error");
    assertThat(error.path("request_id").stringValue())
        .isEqualTo(unknown.headers().firstValue("x-request-id").orElseThrow());

    JsonNode keyless = PlatformFixture.expect(401, PLATFORM.post(path, json(MESSAGE), "wrong"));
    assertThat(keyless.at("/error/type").stringValue()).isEqualTo("authentication_error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "/v1/messages | 'nonsense':1 | nonsense",
        "/v1/messages | 'thinking':{'type':'enabled','budget_tokens':1024} | thinking.type",
        "/v1/messages | 'mcp_servers':[{}] | mcp_servers",
        "/v1/messages | 'tools':[{'name':'a b','input_schema':{}}] | tools[0].name",
        "/v1/messages | 'tools':[{'name':'a','input_schema':{}}],'tool_choice':{'type':'tool','name':'b'} | tool_choice",
        "/v1/responses | 'previous_response_id':'resp_1' | previous_response_id",
        "/v1/responses | 'store':true | store",
        "/v1/responses | 'background':true | background",
        "/v1/responses | 'text':{'format':{'type':'xml'}} | text.format.type",
        "/v1/responses | 'tools':[{'type':'web_search'}] | tools[0].type",
        "/v1/responses | 'nonsense':1 | nonsense",
        "/v1/chat/completions | 'tool_choice':'required','tools':[] | tool_choice",
        "/v1/chat/completions | 'max_tokens':0 | max_tokens",
      })
  void what_is_not_built_is_refused_by_its_name(String path, String field, String named) {
    String request = path.contains("responses") ? RESPONSE : MESSAGE;
    String rest = path.contains("chat") ? request.replace("'max_tokens':96,", "") : request;
    HttpResponse<String> refused = PLATFORM.post(path, json(field + "," + rest));

    assertThat(PlatformFixture.expect(400, refused).at("/error/message").stringValue())
        .contains("'" + named + "'");
  }

  @Test
  void a_conversation_with_calls_and_results_is_taken_at_every_door() {
    String call = "'id':'call_1','type':'function','function':{'name':'light','arguments':'{}'}";
    PlatformFixture.expect(
        200,
        PLATFORM.post(
            "/v1/chat/completions",
            json(
                "'model':'base','max_tokens':4,'messages':[{'role':'user','content':'go'},"
                    + "{'role':'assistant','tool_calls':[{"
                    + call
                    + "}]},"
                    + "{'role':'tool','tool_call_id':'call_1','content':'done'}]"
                    + TOOLS)));
    post(
        "/v1/messages",
        "'model':'base','max_tokens':4,'system':[{'type':'text','text':'Be kind.'}],'messages':["
            + "{'role':'user','content':'go'},{'role':'assistant','content':[{'type':'text','text':'so'},"
            + "{'type':'tool_use','id':'call_1','name':'light','input':{}}]},{'role':'user','content':"
            + "[{'type':'tool_result','tool_use_id':'call_1','content':'done'}]}],'tools':"
            + "[{'name':'light','description':'A lamp.','input_schema':{'type':'object'}}]");
    JsonNode response =
        post(
            "/v1/responses",
            "'model':'base','max_output_tokens':4,'instructions':'Be kind.','input':["
                + "{'role':'user','content':[{'type':'input_text','text':'go'}]},"
                + "{'type':'function_call','call_id':'call_1','name':'light','arguments':'{}'},"
                + "{'type':'function_call_output','call_id':'call_1','output':'done'}],"
                + "'tools':[{'type':'function','name':'light','parameters':{'type':'object'}}]");

    assertThat(response.path("instructions").stringValue()).isEqualTo("Be kind.");
    assertThat(response.path("store").booleanValue()).isFalse();
  }

  @Test
  void a_tool_that_has_to_be_called_is_called_at_every_door() {
    String schema =
        "{'type':'object','properties':{'room':{'enum':['kitchen','hall']}},'required':['room'],"
            + "'additionalProperties':false}";
    String function = "'name':'light','strict':true,'parameters':" + schema;
    JsonNode chat =
        post(
                "/v1/chat/completions",
                "'model':'base','seed':7,'max_tokens':200,'parallel_tool_calls':false,'messages':"
                    + "[{'role':'user','content':'go'}],'tool_choice':'required','tools':"
                    + "[{'type':'function','function':{"
                    + function
                    + "}}]")
            .at("/choices/0");
    JsonNode message =
        post(
            "/v1/messages",
            "'model':'base','max_tokens':200,'messages':[{'role':'user','content':'go'}],"
                + "'tool_choice':{'type':'tool','name':'light'},'tools':"
                + "[{'name':'light','strict':true,'input_schema':"
                + schema
                + "}]");
    JsonNode response =
        post(
            "/v1/responses",
            "'model':'base','max_output_tokens':200,'input':'go','parallel_tool_calls':false,"
                + "'tool_choice':{'type':'function','name':'light'},'tools':[{'type':'function',"
                + function
                + "}]");

    assertThat(chat.path("finish_reason").stringValue()).isEqualTo("tool_calls");
    assertThat(chat.at("/message/content").isNull()).isTrue();
    assertRoom(
        PlatformFixture.parse(chat.at("/message/tool_calls/0/function/arguments").stringValue()));
    assertThat(message.path("stop_reason").stringValue()).isEqualTo("tool_use");
    assertRoom(message.at("/content/0/input"));
    assertThat(response.at("/output/0/type").stringValue()).isEqualTo("function_call");
    assertRoom(PlatformFixture.parse(response.at("/output/0/arguments").stringValue()));
  }

  private static final String EITHER =
      "'model':'base','max_tokens':200,'messages':[{'role':'user','content':'go'}],'response_format':"
          + "{'type':'json_schema','json_schema':{'schema':{'enum':['yes','no']}}},'tools':[{'type':"
          + "'function','function':{'name':'light','parameters':{'type':'object','properties':"
          + "{'room':{'enum':['kitchen','hall']}},'required':['room'],'additionalProperties':false}}}]";

  @Test
  void an_answer_that_may_call_or_have_a_form_does_either() {
    Set<String> ends = new HashSet<>();
    for (int seed = 0; seed < 100 && ends.size() < 2; seed++) {
      JsonNode choice =
          post("/v1/chat/completions", EITHER + ",'temperature':2,'seed':" + seed).at("/choices/0");
      ends.add(choice.path("finish_reason").stringValue());
      if (choice.at("/message/content").isNull()) {
        assertRoom(
            PlatformFixture.parse(
                choice.at("/message/tool_calls/0/function/arguments").stringValue()));
      } else {
        assertThat(choice.at("/message/content").stringValue()).isIn("\"yes\"", "\"no\"");
      }
    }
    assertThat(ends).containsExactlyInAnyOrder("stop", "tool_calls");
  }

  @Test
  void arguments_that_are_certain_come_while_they_are_written() {
    String called = EITHER + ",'tool_choice':'required','parallel_tool_calls':false";
    String whole =
        post("/v1/chat/completions", called)
            .at("/choices/0/message/tool_calls/0/function/arguments")
            .stringValue();
    // What is written while a part is sent comes with the next one, so a quick answer may be one.
    List<String> parts =
        Stream.generate(() -> argumentParts(called))
            .limit(20)
            .filter(some -> some.size() > 1)
            .findFirst()
            .orElseThrow();

    assertThat(String.join("", parts)).isEqualTo(whole);
    assertRoom(PlatformFixture.parse(whole));
  }

  private static List<String> argumentParts(String body) {
    return stream("/v1/chat/completions", body)
        .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0/function/arguments").asString(""))
        .filter(part -> !part.isEmpty())
        .toList();
  }

  @Test
  void a_form_that_leads_nowhere_is_the_requests_own_failure() {
    String hopeless =
        "'model':'base','prompt':'go','max_tokens':100,'guided_grammar':'root ::= p{200}\\np ::= "
            + "\\'a\\' p \\'a\\' | q\\nq ::= \\'a\\' q \\'a\\' | r\\nr ::= \\'a\\' r \\'a\\' | \\'a\\''";
    JsonNode refused =
        PlatformFixture.expect(400, PLATFORM.post("/v1/completions", json(hopeless)));

    assertThat(refused.at("/error/code").stringValue()).isEqualTo("form_dead_end");
    assertThat(stream("/v1/completions", hopeless).map(e -> e.at("/error/code").asString("")))
        .contains("form_dead_end");
  }

  private static void assertRoom(JsonNode arguments) {
    assertThat(arguments.path("room").stringValue()).isIn("kitchen", "hall");
  }

  @Test
  void a_response_has_the_form_that_is_asked_for() {
    JsonNode response =
        post(
            "/v1/responses",
            "'model':'base','max_output_tokens':64,'input':'go','text':{'format':{'type':"
                + "'json_schema','name':'answer','schema':{'enum':['yes','no']}}}");

    assertThat(response.at("/output/0/content/0/text").stringValue()).isIn("\"yes\"", "\"no\"");
  }

  @Test
  void models_say_what_they_can() {
    JsonNode model = PlatformFixture.expect(200, PLATFORM.get("/v1/models/intent"));

    assertThat(model.at("/capabilities/chat").booleanValue()).isTrue();
    assertThat(model.at("/capabilities/tools").booleanValue()).isTrue();
    assertThat(model.at("/capabilities/reasoning").booleanValue()).isFalse();
  }

  private static JsonNode chat() {
    return PlatformFixture.expect(
        200,
        PLATFORM.post("/v1/chat/completions", PlatformFixture.chat("intent", QUESTION).toString()));
  }

  private static JsonNode post(String path, String fields) {
    return PlatformFixture.expect(200, PLATFORM.post(path, json(fields)));
  }

  private static Stream<JsonNode> stream(String path, String fields) {
    List<JsonNode> events = new ArrayList<>();
    PLATFORM
        .post(path, json("'stream':true," + fields))
        .body()
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .forEach(line -> events.add(PlatformFixture.parse(line.substring(6))));
    return events.stream();
  }

  private static String joined(Stream<JsonNode> events, String pointer) {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(event.at(pointer).asString("")));
    return text.toString();
  }

  private static String json(String fields) {
    return ("{" + fields + "}").replace('\'', '"');
  }
}
