package dev.heddle.app.serving;

import dev.heddle.format.CodePoints;
import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.PromptScores;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers of {@code /v1/completions}, with the legacy shape of logprobs. */
final class CompletionFormat extends OpenAiFormat {
  private final boolean echo;

  CompletionFormat(Answer answer, boolean echo) {
    super(answer);
    this.echo = echo;
  }

  @Override
  int logprobBytes() {
    return 240; // a text and a number in two lists or a map
  }

  @Override
  boolean echoes() {
    return echo;
  }

  @Override
  List<ObjectNode> openingChunks() {
    return List.of();
  }

  @Override
  String chunkType() {
    return "text_completion";
  }

  @Override
  String wholeType() {
    return "text_completion";
  }

  @Override
  List<ObjectNode> parts(Delta delta) {
    return shows(delta) ? List.of(part(delta)) : List.of();
  }

  private boolean shows(Delta delta) {
    return !delta.text().isEmpty()
        || (delta.opening() && (echo || answer.options().tokenIds()))
        || (delta.end() > delta.first() && (wantsLogprobs() || answer.options().tokenIds()));
  }

  private ObjectNode part(Delta delta) {
    ObjectNode choice = choice(delta.choice());
    boolean withPrompt = echo && delta.opening();
    choice.put(
        "text", withPrompt ? answer.promptOf(delta.choice()).text() + delta.text() : delta.text());
    if (wantsLogprobs()) {
      choice.set("logprobs", logprobs(delta, withPrompt));
    } else {
      choice.putNull("logprobs");
    }
    addTokenIds(choice, delta);
    if (delta.opening()) {
      tellPrompt(choice, delta.choice());
    }
    return choice;
  }

  @Override
  ObjectNode lastPart(int index) {
    return choice(index).put("text", "").putNull("logprobs");
  }

  @Override
  ObjectNode wholeChoice(Delta delta) {
    return part(delta);
  }

  private ObjectNode logprobs(Delta delta, boolean withPrompt) {
    LegacyLogprobs lists = new LegacyLogprobs(answer.head().tokenizer(), answer.options());
    if (withPrompt) {
      addPrompt(lists, delta.choice());
    }
    String prompt = echo ? answer.promptOf(delta.choice()).text() : "";
    int base = CodePoints.count(prompt);
    ChoiceOutput output = answer.output(delta.choice());
    for (int i = delta.first(); i < delta.end(); i++) {
      int index = i;
      lists.add(output.token(i), output.logprob(i), base + delta.offsets()[i - delta.first()]);
      lists.addTop(
          output.token(i),
          output.logprob(i),
          output.alternatives(i),
          rank -> output.alternativeToken(index, rank),
          rank -> output.alternativeLogprob(index, rank));
    }
    return lists.node;
  }

  private void addPrompt(LegacyLogprobs lists, int choice) {
    int[] prompt = answer.promptOf(choice).request().prompt();
    PromptScores scores = answer.promptScores(choice);
    StreamingDecoder decoder = answer.head().tokenizer().streamingDecoder();
    String text = answer.promptOf(choice).text();
    int at = 0; // in the text, by which the next token begins
    int offset = 0; // the same in code points
    for (int i = 0; i < prompt.length; i++) {
      int index = i;
      if (i == 0) {
        lists.addUnscored(prompt[i], offset);
      } else {
        lists.add(prompt[i], scores.logprob(i), offset);
        lists.addTop(
            prompt[i],
            scores.logprob(i),
            scores.alternatives(i),
            rank -> scores.alternativeToken(index, rank),
            rank -> scores.alternativeLogprob(index, rank));
      }
      String piece = shownAs(prompt[i], decoder.push(prompt[i]), text, at);
      at += piece.length();
      offset += CodePoints.count(piece);
    }
  }

  /** A special token has no text of its own; it takes the place where the prompt spells it. */
  private String shownAs(int token, String decoded, String text, int at) {
    if (!decoded.isEmpty()) {
      return decoded;
    }
    String spelled = answer.head().tokenizer().tokenText(token);
    return text.startsWith(spelled, at) ? spelled : "";
  }

  /** The four parallel lists of a legacy answer. */
  private static final class LegacyLogprobs {
    private final Tokenizer tokenizer;
    private final int wanted;
    private final ObjectNode node = JSON.objectNode();
    private final ArrayNode tokens = node.putArray("tokens");
    private final ArrayNode tokenLogprobs = node.putArray("token_logprobs");
    private final ArrayNode top = node.putArray("top_logprobs");
    private final ArrayNode offsets = node.putArray("text_offset");

    LegacyLogprobs(Tokenizer tokenizer, Options options) {
      this.tokenizer = tokenizer;
      this.wanted = options.logprobs();
    }

    void addUnscored(int token, int offset) {
      tokens.add(tokenizer.tokenText(token));
      tokenLogprobs.addNull();
      top.addNull();
      offsets.add(offset);
    }

    void add(int token, float logprob, int offset) {
      tokens.add(tokenizer.tokenText(token));
      tokenLogprobs.add(shown(logprob));
      offsets.add(offset);
    }

    /** The likeliest tokens, and the one that came if it is not among them. */
    void addTop(
        int token,
        float logprob,
        int known,
        java.util.function.IntUnaryOperator alternative,
        java.util.function.IntFunction<Float> alternativeLogprob) {
      ObjectNode map = top.addObject();
      for (int rank = 0; rank < Math.min(known, wanted); rank++) {
        String text = tokenizer.tokenText(alternative.applyAsInt(rank));
        if (!map.has(text)) { // of tokens that read alike, the likeliest
          map.put(text, shown(alternativeLogprob.apply(rank)));
        }
      }
      String text = tokenizer.tokenText(token);
      if (!map.has(text)) {
        map.put(text, shown(logprob));
      }
    }
  }
}
