package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.speech.SpeechSyntax;
import dev.heddle.app.speech.SpeechSyntax.Thinking;
import dev.heddle.app.speech.ToolFormat;
import dev.heddle.format.Json;
import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.ScriptedEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One answer that reasons, speaks and calls a tool, as each door tells it. */
class DoorsTest {
  private static final SpeechSyntax SPEECH =
      new SpeechSyntax(
          Thinking.MARKED, new SpeechSyntax.Calls(ToolFormat.HERMES, Set.of("weather"), true));
  private static final String TEXT =
      "<think>hm</think>I look.\n<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\":"
          + " \"Rome\"}}</tool_call>";
  private static final String ARGUMENTS = "{\"city\":\"Rome\"}";

  private final ScriptedEngine engine = new ScriptedEngine();

  /** What one answer came to. */
  private record Told(List<JsonNode> events, List<String> names, ObjectNode whole) {
    List<JsonNode> of(String type) {
      return events.stream().filter(e -> e.path("type").asString("").equals(type)).toList();
    }
  }

  @Test
  void a_chat_streams_the_call_s_name_before_its_arguments() {
    Told told = told(TEXT, FinishReason.STOP, ChatFormat::new);
    List<JsonNode> deltas =
        told.events.stream().map(chunk -> chunk.path("choices").path(0).path("delta")).toList();
    List<JsonNode> calls =
        deltas.stream()
            .filter(delta -> delta.has("tool_calls"))
            .map(delta -> delta.path("tool_calls").path(0))
            .toList();

    assertThat(joined(deltas, "reasoning_content")).isEqualTo("hm");
    assertThat(joined(deltas, "content")).isEqualTo("I look.");
    assertThat(calls.getFirst().path("id").asString("")).startsWith("call_");
    assertThat(calls.getFirst().path("function").path("name").asString("")).isEqualTo("weather");
    assertThat(calls.getLast().path("function").path("arguments").asString(""))
        .isEqualTo(ARGUMENTS);
    assertThat(told.events.getLast().path("choices").path(0).path("finish_reason").asString(""))
        .isEqualTo("tool_calls");
  }

  @Test
  void a_chat_in_one_piece_has_all_of_it_in_its_message() {
    JsonNode choice = told(TEXT, FinishReason.STOP, ChatFormat::new).whole.path("choices").path(0);
    JsonNode message = choice.path("message");

    assertThat(choice.path("finish_reason").asString("")).isEqualTo("tool_calls");
    assertThat(message.path("content").asString("")).isEqualTo("I look.");
    assertThat(message.path("reasoning_content").asString("")).isEqualTo("hm");
    assertThat(message.path("tool_calls").path(0).path("function").path("arguments").asString(""))
        .isEqualTo(ARGUMENTS);
    assertThat(
            told("<tool_call>{\"name\":\"weather\"}", FinishReason.STOP, ChatFormat::new)
                .whole
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .isNull())
        .isTrue();
  }

  @Test
  void a_call_that_is_cut_off_is_content() {
    String half = TEXT.substring(0, TEXT.length() - 20);
    JsonNode choice =
        told(half, FinishReason.LENGTH, ChatFormat::new).whole.path("choices").path(0);

    assertThat(choice.path("finish_reason").asString("")).isEqualTo("length");
    assertThat(choice.path("message").has("tool_calls")).isFalse();
    assertThat(choice.path("message").path("content").asString(""))
        .isEqualTo(half.substring(half.indexOf("I look")));
  }

  @Test
  void messages_are_blocks_that_begin_and_end() {
    Told told = told(TEXT, FinishReason.STOP, MessagesFormat::new);

    assertThat(told.names)
        .startsWith("message_start", "content_block_start", "content_block_delta")
        .endsWith("content_block_stop", "message_delta", "message_stop");
    assertThat(told.events.stream().map(e -> e.path("type").asString("")))
        .containsExactlyElementsOf(told.names);
    assertThat(
            told.of("content_block_start").stream()
                .map(e -> e.at("/content_block/type").asString("")))
        .containsExactly("thinking", "text", "tool_use");
    assertThat(told.of("content_block_stop").stream().map(e -> e.path("index").intValue()))
        .containsExactly(0, 1, 2);
    List<JsonNode> deltas =
        told.of("content_block_delta").stream().map(e -> e.path("delta")).toList();
    assertThat(joined(deltas, "text")).isEqualTo("I look.");
    assertThat(joined(deltas, "partial_json")).isEqualTo(ARGUMENTS);
    assertThat(told.of("message_delta").getFirst().at("/delta/stop_reason").asString(""))
        .isEqualTo("tool_use");
    assertThat(told.whole.at("/content/2/input/city").asString("")).isEqualTo("Rome");
    assertThat(told.whole.at("/usage/output_tokens").intValue()).isPositive();
  }

  @Test
  void a_message_that_is_cut_off_says_so() {
    assertThat(
            told("I", FinishReason.LENGTH, MessagesFormat::new)
                .whole
                .path("stop_reason")
                .asString(""))
        .isEqualTo("max_tokens");
    assertThat(
            told("I", FinishReason.STOP, MessagesFormat::new)
                .whole
                .path("stop_reason")
                .asString(""))
        .isEqualTo("end_turn");
  }

  @Test
  void a_response_s_events_are_numbered_and_its_last_one_has_the_whole() {
    Told told = told(TEXT, FinishReason.STOP, answer -> new ResponsesFormat(answer, object()));

    assertThat(told.events.stream().map(e -> e.path("sequence_number").intValue()))
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(0, 1, 2);
    assertThat(told.names)
        .startsWith("response.created", "response.in_progress", "response.output_item.added")
        .endsWith("response.output_item.done", "response.completed");
    assertThat(told.of("response.output_text.done").getFirst().path("text").asString(""))
        .isEqualTo("I look.");
    JsonNode output = told.events.getLast().at("/response/output");
    assertThat(output.valueStream().map(item -> item.path("type").asString("")))
        .containsExactly("reasoning", "message", "function_call");
    JsonNode arguments = told.of("response.function_call_arguments.done").getFirst();
    assertThat(arguments.path("arguments").asString("")).isEqualTo(ARGUMENTS);
    assertThat(arguments.path("item_id")).isEqualTo(output.at("/2/id"));
    assertThat(told.whole.path("output").size()).isEqualTo(3);
    assertThat(told.whole.path("status").asString("")).isEqualTo("completed");
  }

  @Test
  void a_response_that_is_cut_off_is_incomplete() {
    Told told = told("I", FinishReason.LENGTH, answer -> new ResponsesFormat(answer, object()));

    assertThat(told.names).endsWith("response.incomplete");
    assertThat(told.whole.at("/incomplete_details/reason").asString(""))
        .isEqualTo("max_output_tokens");
  }

  @Test
  void a_failure_in_a_stream_has_the_door_s_own_shape() {
    Answer answer = ScriptedAnswer.speaking(SPEECH, true);
    ApiException failure = new ApiException(ErrorCode.DRAINING, "stopping");

    assertThat(new MessagesFormat(answer).failure(failure))
        .startsWith("event: error\n")
        .contains("overloaded_error");
    assertThat(new ResponsesFormat(taken(answer), object()).failure(failure))
        .startsWith("event: response.failed\n")
        .contains("\"failed\"");
  }

  private Told told(String text, FinishReason end, Function<Answer, AnswerFormat> door) {
    List<String> frames = new ArrayList<>();
    DeltaSum sum = new DeltaSum(0);
    Answer answer = taken(ScriptedAnswer.speaking(SPEECH, true));
    int request = engine.taken() - 1;
    AnswerFormat stream = door.apply(answer);
    frames.addAll(stream.opening());
    for (int token : ScriptedAnswer.TOKENIZER.encode(text, false)) {
      engine.token(request, 0, token);
      read(answer, stream, sum, frames);
    }
    engine.finish(request, 0, end);
    read(answer, stream, sum, frames);
    frames.addAll(stream.ending());
    ObjectNode whole = door.apply(answer).whole(List.of(sum.sum()));
    List<JsonNode> events = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String frame : frames) {
      String data = frame.substring(frame.indexOf("data: ") + 6).strip();
      if (data.startsWith("{")) {
        events.add(Json.parse(data, "event"));
      }
      if (frame.startsWith("event: ")) {
        names.add(frame.substring(7, frame.indexOf('\n')));
      }
    }
    return new Told(events, names, whole);
  }

  private static void read(Answer answer, AnswerFormat stream, DeltaSum sum, List<String> frames) {
    Delta delta = answer.reader(0).poll();
    if (delta != null) {
      sum.add(delta);
      frames.addAll(stream.told(delta));
    }
  }

  private Answer taken(Answer answer) {
    answer.submitted(0, engine.submit(answer.prompts().getFirst().request(), new Deaf()));
    engine.admit(engine.taken() - 1);
    return answer;
  }

  private static String joined(List<JsonNode> deltas, String field) {
    StringBuilder text = new StringBuilder();
    deltas.forEach(delta -> text.append(delta.path(field).asString("")));
    return text.toString();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
