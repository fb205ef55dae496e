package dev.heddle.app.serving;

import dev.heddle.app.speech.Piece;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.runtime.ChoiceOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat extends OpenAiFormat {
  /** Calls begun so far, by choice. */
  private final int[] calls;

  /** Id of the last of them. */
  private final String[] lastCall;

  ChatFormat(Answer answer) {
    super(answer);
    this.calls = new int[answer.choices()];
    this.lastCall = new String[answer.choices()];
    Arrays.fill(lastCall, "");
  }

  @Override
  int logprobBytes() {
    return 640; // an object of a text, a number and a list of bytes
  }

  @Override
  List<ObjectNode> openingChunks() {
    List<ObjectNode> chunks = new ArrayList<>(answer.choices());
    for (int i = 0; i < answer.choices(); i++) {
      ObjectNode choice = choice(i);
      choice.putObject("delta").put("role", "assistant").put("content", "");
      chunks.add(chunk(choice.putNull("logprobs").putNull("finish_reason")));
    }
    tellPrompt(chunks.getFirst(), 0);
    return chunks;
  }

  @Override
  String chunkType() {
    return "chat.completion.chunk";
  }

  @Override
  String wholeType() {
    return "chat.completion";
  }

  /** A part for each piece; the first one tells the tokens too, by itself if there is no piece. */
  @Override
  List<ObjectNode> parts(Delta delta) {
    List<ObjectNode> parts = new ArrayList<>();
    for (Piece piece : delta.said()) {
      switch (piece) {
        case Piece.Content(String text) -> addDelta(parts, delta).put("content", text);
        case Piece.Reasoning(String text) -> addDelta(parts, delta).put("reasoning_content", text);
        case Piece.Call call -> addCall(parts, delta, call);
      }
    }
    boolean tellsTokens = wantsLogprobs() || answer.options().tokenIds();
    if (parts.isEmpty() && delta.end() > delta.first() && tellsTokens) {
      addDelta(parts, delta).put("content", "");
    }
    return parts;
  }

  /** A call begins with its name; its arguments follow, in one part or in several. */
  private void addCall(List<ObjectNode> parts, Delta delta, Piece.Call call) {
    int choice = delta.choice();
    if (!call.id().equals(lastCall[choice])) {
      lastCall[choice] = call.id();
      ObjectNode begun = call(call, "").put("index", calls[choice]++);
      addDelta(parts, delta).putArray("tool_calls").add(begun);
    }
    if (!call.arguments().isEmpty()) {
      ObjectNode rest = JSON.objectNode().put("index", calls[choice] - 1);
      rest.putObject("function").put("arguments", call.arguments());
      addDelta(parts, delta).putArray("tool_calls").add(rest);
    }
  }

  /** Adds a part; answers its delta. */
  private ObjectNode addDelta(List<ObjectNode> parts, Delta delta) {
    ObjectNode choice = choice(delta.choice());
    ObjectNode told = choice.putObject("delta");
    parts.add(parts.isEmpty() ? withTokens(choice, delta) : choice.putNull("logprobs"));
    return told;
  }

  private static ObjectNode call(Piece.Call call, String arguments) {
    ObjectNode node = JSON.objectNode().put("id", call.id()).put("type", "function");
    node.putObject("function").put("name", call.name()).put("arguments", arguments);
    return node;
  }

  @Override
  ObjectNode lastPart(int index) {
    ObjectNode choice = choice(index);
    choice.putObject("delta");
    return choice.putNull("logprobs");
  }

  @Override
  ObjectNode wholeChoice(Delta delta) {
    ObjectNode choice = choice(delta.choice());
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    ArrayNode told = JSON.arrayNode();
    StringBuilder reasoning = new StringBuilder();
    for (Piece piece : delta.said()) {
      if (piece instanceof Piece.Call call) {
        told.add(call(call, call.arguments()));
      } else if (piece instanceof Piece.Reasoning(String text)) {
        reasoning.append(text);
      }
    }
    String content = delta.text();
    message.put("content", content.isEmpty() && !told.isEmpty() ? null : content);
    if (!reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning.toString());
    }
    if (!told.isEmpty()) {
      message.set("tool_calls", told);
    }
    message.putNull("refusal");
    return withTokens(choice, delta);
  }

  @Override
  ObjectNode whole(List<Delta> deltas) {
    ObjectNode whole = super.whole(deltas);
    tellPrompt(whole, 0);
    return whole;
  }

  private ObjectNode withTokens(ObjectNode choice, Delta delta) {
    if (wantsLogprobs()) {
      choice.set("logprobs", logprobs(delta));
    } else {
      choice.putNull("logprobs");
    }
    addTokenIds(choice, delta);
    return choice;
  }

  private ObjectNode logprobs(Delta delta) {
    ChoiceOutput output = answer.output(delta.choice());
    ObjectNode logprobs = JSON.objectNode();
    ArrayNode content = logprobs.putArray("content");
    for (int i = delta.first(); i < delta.end(); i++) {
      ObjectNode entry = entry(output.token(i), output.logprob(i));
      ArrayNode top = entry.putArray("top_logprobs");
      int alternatives = Math.min(output.alternatives(i), answer.options().logprobs());
      for (int rank = 0; rank < alternatives; rank++) {
        top.add(entry(output.alternativeToken(i, rank), output.alternativeLogprob(i, rank)));
      }
      content.add(entry);
    }
    return logprobs.putNull("refusal");
  }

  private ObjectNode entry(int token, float logprob) {
    Tokenizer tokenizer = answer.head().tokenizer();
    ObjectNode entry =
        JSON.objectNode().put("token", tokenizer.tokenText(token)).put("logprob", shown(logprob));
    ArrayNode bytes = entry.putArray("bytes");
    for (byte b : tokenizer.tokenBytes(token)) {
      bytes.add(Byte.toUnsignedInt(b));
    }
    return entry;
  }
}
