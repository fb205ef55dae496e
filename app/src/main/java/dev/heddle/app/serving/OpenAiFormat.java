package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorBodies;
import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.PromptScores;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What chat and legacy completions share of how an answer looks. A whole answer and a chunk are
 * made from the same deltas, a whole one having one for each choice.
 */
abstract sealed class OpenAiFormat extends AnswerFormat permits ChatFormat, CompletionFormat {
  private static final String DONE = "data: [DONE]\n\n";

  /** JSON has no infinity: what a token of no probability is shown with, as others do. */
  private static final float LEAST_LOGPROB = -9999;

  OpenAiFormat(Answer answer) {
    super(answer);
  }

  @Override
  final List<String> opening() {
    return data(openingChunks());
  }

  @Override
  final List<String> told(Delta delta) {
    return data(chunks(delta));
  }

  @Override
  final List<String> ending() {
    return answer.options().includeUsage() ? List.of(data(usageChunk()), DONE) : List.of(DONE);
  }

  @Override
  final String failure(ApiException error) {
    return data(ErrorBodies.openAi(error));
  }

  private static List<String> data(List<ObjectNode> chunks) {
    return chunks.stream().map(OpenAiFormat::data).toList();
  }

  private static String data(ObjectNode json) {
    return "data: " + json + "\n\n";
  }

  /** Chunks sent at admission, before any token. */
  abstract List<ObjectNode> openingChunks();

  /** {@code object} of a chunk. */
  abstract String chunkType();

  /** {@code object} of a whole answer. */
  abstract String wholeType();

  /** Choices of chunks with what is new, without their finish_reason; none if there is nothing. */
  abstract List<ObjectNode> parts(Delta delta);

  /** A choice of a chunk that says nothing but that the choice ended. */
  abstract ObjectNode lastPart(int choice);

  /** A choice of a whole answer, without its finish_reason. */
  abstract ObjectNode wholeChoice(Delta delta);

  /** Chunks that tell a delta: what is new, then, by itself, that the choice ended. */
  private List<ObjectNode> chunks(Delta delta) {
    List<ObjectNode> chunks = new ArrayList<>(2);
    parts(delta).forEach(part -> chunks.add(chunk(part.putNull("finish_reason"))));
    if (delta.finish() != null) {
      chunks.add(chunk(lastPart(delta.choice()).put("finish_reason", reason(delta))));
    }
    return chunks;
  }

  /** The chunk after the last one of any choice, when the client wants the usage. */
  private ObjectNode usageChunk() {
    ObjectNode chunk = head(chunkType());
    chunk.putArray("choices");
    chunk.set("usage", usage());
    return chunk;
  }

  @Override
  ObjectNode whole(List<Delta> deltas) {
    ObjectNode whole = head(wholeType());
    ArrayNode choices = whole.putArray("choices");
    for (Delta delta : deltas) {
      choices.add(wholeChoice(delta).put("finish_reason", reason(delta)));
    }
    whole.set("usage", usage());
    return whole;
  }

  final ObjectNode chunk(ObjectNode choice) {
    ObjectNode chunk = head(chunkType());
    chunk.putArray("choices").add(choice);
    if (answer.options().includeUsage()) {
      chunk.putNull("usage");
    }
    return chunk;
  }

  final ObjectNode choice(int index) {
    return JSON.objectNode().put("index", index);
  }

  /** Adds the extension {@code token_ids}, if asked for. */
  final void addTokenIds(ObjectNode choice, Delta delta) {
    if (answer.options().tokenIds()) {
      ArrayNode ids = choice.putArray("token_ids");
      for (int i = delta.first(); i < delta.end(); i++) {
        ids.add(answer.output(delta.choice()).token(i));
      }
    }
  }

  /** Adds the extensions that tell of the prompt, as far as asked for. */
  final void tellPrompt(ObjectNode to, int choice) {
    if (answer.options().tokenIds()) {
      ArrayNode ids = to.putArray("prompt_token_ids");
      for (int id : answer.promptOf(choice).request().prompt()) {
        ids.add(id);
      }
    }
    if (answer.options().promptLogprobs() >= 0) {
      to.set("prompt_logprobs", promptLogprobs(choice));
    }
  }

  /** For each token of the prompt, by id: itself and the likeliest; null for the first. */
  private ArrayNode promptLogprobs(int choice) {
    int[] prompt = answer.promptOf(choice).request().prompt();
    PromptScores scores = answer.promptScores(choice);
    ArrayNode all = JSON.arrayNode().addNull();
    for (int i = 1; i < prompt.length; i++) {
      ObjectNode one = all.addObject();
      int known = Math.min(scores.alternatives(i), answer.options().promptLogprobs());
      for (int rank = 0; rank < known; rank++) {
        addPromptLogprob(
            one, scores.alternativeToken(i, rank), scores.alternativeLogprob(i, rank), rank + 1);
      }
      if (!one.has(Integer.toString(prompt[i]))) {
        addPromptLogprob(one, prompt[i], scores.logprob(i), null);
      }
    }
    return all;
  }

  private void addPromptLogprob(ObjectNode to, int token, float logprob, @Nullable Integer rank) {
    to.putObject(Integer.toString(token))
        .put("logprob", shown(logprob))
        .put("rank", rank)
        .put("decoded_token", answer.head().tokenizer().tokenText(token));
  }

  final boolean wantsLogprobs() {
    return answer.options().logprobs() >= 0;
  }

  static float shown(float logprob) {
    return Math.max(logprob, LEAST_LOGPROB);
  }

  private ObjectNode head(String type) {
    AnswerHead head = answer.head();
    return JSON.objectNode()
        .put("id", head.id())
        .put("object", type)
        .put("created", head.created())
        .put("model", head.options().model());
  }

  private ObjectNode usage() {
    Usage usage = answer.usage();
    ObjectNode node =
        JSON.objectNode()
            .put("prompt_tokens", usage.prompt())
            .put("completion_tokens", usage.completion())
            .put("total_tokens", usage.prompt() + usage.completion());
    node.putObject("prompt_tokens_details").put("cached_tokens", usage.cached());
    return node;
  }

  private String reason(Delta delta) {
    if (delta.finish() == FinishReason.LENGTH) {
      return "length";
    }
    return answer.reader(delta.choice()).called() ? "tool_calls" : "stop";
  }
}
