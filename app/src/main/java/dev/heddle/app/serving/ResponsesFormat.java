package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.speech.Piece;
import dev.heddle.runtime.FinishReason;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code /v1/responses}. */
final class ResponsesFormat extends BlocksFormat {
  private final ObjectNode shown;
  private final ArrayNode output = JSON.arrayNode();
  private int sequence;

  /**
   * @param shown what the answer shows of its request
   */
  ResponsesFormat(Answer answer, ObjectNode shown) {
    super(answer);
    this.shown = shown;
  }

  @Override
  boolean repeats() {
    return true;
  }

  @Override
  List<String> opening() {
    return List.of(
        state("response.created", "in_progress"), state("response.in_progress", "in_progress"));
  }

  @Override
  List<String> begun(int block, Piece first) {
    List<String> frames = new ArrayList<>();
    frames.add(
        item("response.output_item.added", block, item(block, emptied(first), "in_progress")));
    if (!(first instanceof Piece.Call)) {
      frames.add(part("response.content_part.added", block, emptied(first)));
    }
    return frames;
  }

  @Override
  String more(int block, Piece piece, String gained) {
    return switch (piece) {
      case Piece.Content some -> {
        ObjectNode told = at("response.output_text.delta", block, piece).put("content_index", 0);
        told.put("delta", gained).putArray("logprobs");
        yield event(told);
      }
      case Piece.Reasoning some ->
          event(
              at("response.reasoning_text.delta", block, piece)
                  .put("content_index", 0)
                  .put("delta", gained));
      case Piece.Call call ->
          event(at("response.function_call_arguments.delta", block, piece).put("delta", gained));
    };
  }

  @Override
  List<String> ended(int block, Piece whole) {
    List<String> frames = new ArrayList<>();
    switch (whole) {
      case Piece.Content(String text) -> {
        ObjectNode done = at("response.output_text.done", block, whole).put("content_index", 0);
        done.put("text", text).putArray("logprobs");
        frames.add(event(done));
      }
      case Piece.Reasoning(String text) ->
          frames.add(
              event(
                  at("response.reasoning_text.done", block, whole)
                      .put("content_index", 0)
                      .put("text", text)));
      case Piece.Call call ->
          frames.add(
              event(
                  at("response.function_call_arguments.done", block, whole)
                      .put("name", call.name())
                      .put("arguments", call.arguments())));
    }
    if (!(whole instanceof Piece.Call)) {
      frames.add(part("response.content_part.done", block, whole));
    }
    ObjectNode item = item(block, whole, "completed");
    output.add(item);
    frames.add(item("response.output_item.done", block, item));
    return frames;
  }

  @Override
  List<String> ending() {
    return List.of(state("response." + status(), status()));
  }

  @Override
  String failure(ApiException error) {
    ObjectNode told = numbered("response.failed");
    ObjectNode response = response("failed");
    response
        .putObject("error")
        .put("code", error.code().status() == 429 ? "rate_limit_exceeded" : "server_error")
        .put("message", error.getMessage());
    told.set("response", response);
    return event(told);
  }

  @Override
  ObjectNode ofBlocks(List<Piece> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      output.add(item(i, blocks.get(i), "completed"));
    }
    return response(status());
  }

  private String status() {
    return answer.reader(0).finish() == FinishReason.LENGTH ? "incomplete" : "completed";
  }

  private String state(String type, String status) {
    ObjectNode told = numbered(type);
    told.set("response", response(status));
    return event(told);
  }

  private ObjectNode response(String status) {
    ObjectNode response =
        JSON.objectNode()
            .put("id", answer.head().id())
            .put("object", "response")
            .put("created_at", answer.head().created())
            .put("status", status)
            .put("background", false)
            .put("model", answer.options().model())
            .putNull("error")
            .putNull("incomplete_details");
    if (status.equals("incomplete")) {
      response.putObject("incomplete_details").put("reason", "max_output_tokens");
    }
    response.setAll(shown);
    response.set("output", output.deepCopy());
    if (status.equals("in_progress")) {
      return response.putNull("usage");
    }
    Usage usage = answer.usage();
    ObjectNode told = response.putObject("usage").put("input_tokens", usage.prompt());
    told.putObject("input_tokens_details").put("cached_tokens", usage.cached());
    told.put("output_tokens", usage.completion());
    told.putObject("output_tokens_details").put("reasoning_tokens", 0);
    told.put("total_tokens", usage.prompt() + usage.completion());
    return response;
  }

  private ObjectNode item(int block, Piece piece, String status) {
    ObjectNode item = JSON.objectNode().put("id", id(block, piece));
    switch (piece) {
      case Piece.Content some -> {
        item.put("type", "message").put("role", "assistant");
        addContent(item.putArray("content"), piece, status);
      }
      case Piece.Reasoning some -> {
        item.put("type", "reasoning").putArray("summary");
        addContent(item.putArray("content"), piece, status);
      }
      case Piece.Call call ->
          item.put("type", "function_call")
              .put("call_id", call.id())
              .put("name", call.name())
              .put("arguments", call.arguments());
    }
    return item.put("status", status);
  }

  private static void addContent(ArrayNode content, Piece piece, String status) {
    if (status.equals("completed")) {
      content.add(content(piece));
    }
  }

  private static ObjectNode content(Piece piece) {
    if (piece instanceof Piece.Reasoning(String text)) {
      return JSON.objectNode().put("type", "reasoning_text").put("text", text);
    }
    ObjectNode part = JSON.objectNode().put("type", "output_text");
    part.put("text", piece instanceof Piece.Content(String text) ? text : "");
    part.putArray("annotations");
    part.putArray("logprobs");
    return part;
  }

  private static Piece emptied(Piece piece) {
    return switch (piece) {
      case Piece.Content some -> new Piece.Content("");
      case Piece.Reasoning some -> new Piece.Reasoning("");
      case Piece.Call call -> new Piece.Call(call.id(), call.name(), "");
    };
  }

  private String id(int block, Piece piece) {
    String kind =
        switch (piece) {
          case Piece.Content some -> "msg_";
          case Piece.Reasoning some -> "rs_";
          case Piece.Call call -> "fc_";
        };
    String id = answer.head().id();
    return kind + id.substring(id.indexOf('_') + 1) + "_" + block;
  }

  private String item(String type, int block, ObjectNode item) {
    ObjectNode told = numbered(type).put("output_index", block);
    told.set("item", item);
    return event(told);
  }

  private String part(String type, int block, Piece piece) {
    ObjectNode told = at(type, block, piece).put("content_index", 0);
    told.set("part", content(piece));
    return event(told);
  }

  /** An event within a block. */
  private ObjectNode at(String type, int block, Piece piece) {
    return numbered(type).put("item_id", id(block, piece)).put("output_index", block);
  }

  private ObjectNode numbered(String type) {
    return JSON.objectNode().put("type", type).put("sequence_number", sequence++);
  }

  private static String event(ObjectNode data) {
    return event(data.path("type").stringValue(), data);
  }
}
