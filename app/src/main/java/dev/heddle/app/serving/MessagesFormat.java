package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorBodies;
import dev.heddle.app.speech.Piece;
import dev.heddle.runtime.FinishReason;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code /v1/messages}, as Anthropic's clients read them. */
final class MessagesFormat extends BlocksFormat {
  MessagesFormat(Answer answer) {
    super(answer);
  }

  @Override
  List<String> opening() {
    ObjectNode start = typed("message_start");
    ObjectNode message = message().putNull("stop_reason").putNull("stop_sequence");
    message.set("usage", usage());
    start.set("message", message);
    return List.of(event(start));
  }

  @Override
  List<String> begun(int block, Piece first) {
    ObjectNode start = typed("content_block_start").put("index", block);
    start.set(
        "content_block",
        switch (first) {
          case Piece.Content some -> typed("text").put("text", "");
          case Piece.Reasoning some -> typed("thinking").put("thinking", "").put("signature", "");
          case Piece.Call call -> {
            ObjectNode use = typed("tool_use").put("id", call.id()).put("name", call.name());
            use.putObject("input");
            yield use;
          }
        });
    return List.of(event(start));
  }

  @Override
  String more(int block, Piece piece, String gained) {
    ObjectNode told = typed("content_block_delta").put("index", block);
    told.set(
        "delta",
        switch (piece) {
          case Piece.Content some -> typed("text_delta").put("text", gained);
          case Piece.Reasoning some -> typed("thinking_delta").put("thinking", gained);
          case Piece.Call call -> typed("input_json_delta").put("partial_json", gained);
        });
    return event(told);
  }

  @Override
  List<String> ended(int block, Piece whole) {
    return List.of(event(typed("content_block_stop").put("index", block)));
  }

  @Override
  List<String> ending() {
    ObjectNode last = typed("message_delta");
    addStop(last.putObject("delta"));
    last.set("usage", usage());
    return List.of(event(last), event(typed("message_stop")));
  }

  @Override
  String failure(ApiException error) {
    return event(ErrorBodies.anthropic(error, answer.head().requestId()));
  }

  @Override
  ObjectNode ofBlocks(List<Piece> blocks) {
    ObjectNode message = message();
    ArrayNode content = message.withArray("content");
    blocks.forEach(block -> addBlock(content, block));
    addStop(message);
    message.set("usage", usage());
    return message;
  }

  /** A call that was cut off is left out: its input is no JSON. */
  private static void addBlock(ArrayNode content, Piece block) {
    switch (block) {
      case Piece.Content(String text) -> content.add(typed("text").put("text", text));
      case Piece.Reasoning(String text) ->
          content.add(typed("thinking").put("thinking", text).put("signature", ""));
      case Piece.Call call -> {
        JsonNode input = call.input();
        if (input != null) {
          content.add(
              typed("tool_use").put("id", call.id()).put("name", call.name()).set("input", input));
        }
      }
    }
  }

  private ObjectNode message() {
    ObjectNode message =
        JSON.objectNode()
            .put("id", answer.head().id())
            .put("type", "message")
            .put("role", "assistant")
            .put("model", answer.options().model());
    message.putArray("content");
    return message;
  }

  private void addStop(ObjectNode to) {
    ChoiceReader reader = answer.reader(0);
    String reason =
        reader.finish() == FinishReason.LENGTH
            ? "max_tokens"
            : reader.stop() != null ? "stop_sequence" : reader.called() ? "tool_use" : "end_turn";
    to.put("stop_reason", reason).put("stop_sequence", reader.stop());
  }

  /** Tokens that the prefix cache held are told by themselves. */
  private ObjectNode usage() {
    Usage usage = answer.usage();
    return JSON.objectNode()
        .put("input_tokens", usage.prompt() - usage.cached())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", usage.cached())
        .put("output_tokens", usage.completion());
  }

  private static ObjectNode typed(String type) {
    return JSON.objectNode().put("type", type);
  }

  private static String event(ObjectNode data) {
    return event(data.path("type").stringValue(), data);
  }
}
