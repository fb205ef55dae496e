package dev.heddle.cli;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.model.SequenceRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code generate}: the likeliest continuation, token by token. */
@Command(
    name = "generate",
    description = "Prints {\"tokens\": [...], \"text\": ...}: the greedy continuation of a prompt.")
final class GenerateCommand implements Callable<Integer> {
  private static final int CHUNK = 256;

  private final Console console;

  @Mixin ModelOptions options = new ModelOptions();

  @ArgGroup(multiplicity = "1")
  Prompt prompt = new Prompt();

  /** One of three ways to say what to continue. */
  static final class Prompt {
    @Option(
        names = "--tokens",
        paramLabel = "1,2,3",
        description = "Token ids; no tokenizer needed.")
    @Nullable String tokens;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "A text to be continued.")
    @Nullable String text;

    @Option(
        names = "--chat",
        paramLabel = "TEXT",
        description = "A user's message, through the model's chat template.")
    @Nullable String chat;
  }

  @Option(
      names = "--max-tokens",
      required = true,
      paramLabel = "N",
      description = "Most tokens to generate.")
  int maxTokens;

  @Option(names = "--ignore-eos", description = "End-of-sequence tokens do not end the answer.")
  boolean ignoreEos;

  GenerateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (maxTokens < 1) {
      throw new InputException("--max-tokens: " + maxTokens + " is less than 1");
    }
    try (ModelSession session = ModelSession.open(options, console);
        Tokenizer tokenizer = tokenizer(session.model())) {
      ModelShape shape = session.shape();
      int[] ids = ids(session, tokenizer);
      int room = shape.maxContext() - ids.length;
      if (room < maxTokens) {
        console.note(
            "the context of " + shape.maxContext() + " leaves room for " + room + " tokens");
      }
      int count = Math.min(maxTokens, room);
      int[] answer = {};
      if (count > 0) {
        SequenceRunner runner = session.load(ids.length + count, Math.min(CHUNK, ids.length), 1);
        answer =
            runner.greedy(ids, count, token -> !ignoreEos && shape.eosTokens().contains(token));
      }
      print(answer, tokenizer);
    }
    return 0;
  }

  private void print(int[] answer, @Nullable Tokenizer tokenizer) {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeName("tokens");
    json.writeArray(answer, 0, answer.length);
    json.writeStringProperty("text", tokenizer == null ? null : tokenizer.decode(answer));
    json.writeEndObject();
    console.endJson(json);
  }

  private @Nullable Tokenizer tokenizer(Path model) throws IOException {
    boolean none = !Files.exists(model.resolve("tokenizer.json"));
    return prompt.tokens != null && none ? null : Tokenizer.open(model);
  }

  private int[] ids(ModelSession session, @Nullable Tokenizer tokenizer) throws IOException {
    ModelShape shape = session.shape();
    if (prompt.tokens != null || tokenizer == null) {
      return TokenList.parse(prompt.tokens == null ? "" : prompt.tokens, shape);
    }
    int[] ids =
        prompt.chat == null
            ? tokenizer.encode(prompt.text == null ? "" : prompt.text, true)
            : new ChatTokens(session.model(), tokenizer, "--chat").of(prompt.chat, null);
    List<String> wrong = new ArrayList<>();
    if (ids.length == 0) {
      wrong.add("the prompt is empty: it has no tokens");
    }
    for (int id : ids) {
      if (id >= shape.vocabulary()) {
        wrong.add("the tokenizer gives id " + id + ", which the model's vocabulary lacks");
      }
    }
    TokenList.requireContext(ids.length, shape, wrong);
    if (!wrong.isEmpty()) {
      throw new InputException(wrong);
    }
    return ids;
  }
}
