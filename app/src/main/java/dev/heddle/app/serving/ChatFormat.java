package dev.heddle.app.serving;

import dev.heddle.format.text.Tokenizer;
import dev.heddle.runtime.ChoiceOutput;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat extends AnswerFormat {
  ChatFormat(Answer answer) {
    super(answer);
  }

  @Override
  int logprobBytes() {
    return 640; // an object of a text, a number and a list of bytes
  }

  @Override
  List<ObjectNode> opening() {
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

  @Override
  boolean shows(Delta delta) {
    return !delta.text().isEmpty()
        || (delta.end() > delta.first() && (wantsLogprobs() || answer.options().tokenIds()));
  }

  @Override
  ObjectNode part(Delta delta) {
    ObjectNode choice = choice(delta.choice());
    choice.putObject("delta").put("content", delta.text());
    return withTokens(choice, delta);
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
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", delta.text())
        .putNull("refusal");
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
