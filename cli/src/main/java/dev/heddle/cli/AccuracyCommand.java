package dev.heddle.cli;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.model.SequenceRunner;
import dev.heddle.ops.Logprobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** {@code accuracy}: how many of a task's questions are answered right. */
@Command(
    name = "accuracy",
    description = {
      "Answers a task's questions greedily and prints how many answers are the expected ones, and",
      "the perplexity of these. Run it with --weights stored and int8 to see what rounding costs."
    })
final class AccuracyCommand implements Callable<Integer> {
  private static final int CHUNK = 256;
  private static final int LONGER = 16; // tokens that an answer may have beyond the expected

  private final Console console;

  @Mixin ModelOptions options = new ModelOptions();

  @Option(
      names = "--examples",
      required = true,
      paramLabel = "FILE",
      description = {
        "JSON Lines: {\"prompt\": ..., \"expected\": ...}; the prompt goes through the model's chat",
        "template as a user's message."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path examples;

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description = "A JSON object with \"tools\", as in a chat request: functions to offer.")
  @Nullable Path tools;

  AccuracyCommand(Console console) {
    this.console = console;
  }

  /** A question and its right answer, as tokens and as text. */
  @SuppressWarnings("ArrayRecordComponent") // never compared by value
  private record Example(int[] prompt, int[] expected, String text) {
    int length() {
      return prompt.length + expected.length + LONGER;
    }
  }

  /** What was found. */
  private static final class Sums {
    private int right;
    private long tokens;
    private double logprobs;
  }

  @Override
  public Integer call() throws IOException {
    List<String> missing = new ArrayList<>();
    requireFile(examples, "--examples", missing);
    requireFile(tools, "--tools", missing);
    if (!missing.isEmpty()) {
      throw new InputException(missing);
    }
    try (ModelSession session = ModelSession.open(options, console);
        Tokenizer tokenizer = Tokenizer.open(session.model())) {
      List<Example> all = read(session, tokenizer);
      int longest = all.stream().mapToInt(Example::length).max().orElseThrow();
      SequenceRunner runner = session.load(longest, Math.min(CHUNK, longest), CHUNK);
      Sums sums = new Sums();
      for (Example example : all) {
        answer(runner, tokenizer, session.shape(), example, sums);
        score(runner, example, sums);
      }
      print(all.size(), sums);
    }
    return 0;
  }

  private static void requireFile(@Nullable Path file, String option, List<String> missing) {
    if (file != null && !Files.isRegularFile(file)) {
      missing.add(option + ": " + file + " is not a file");
    }
  }

  private List<Example> read(ModelSession session, Tokenizer tokenizer) throws IOException {
    ChatTokens chat = new ChatTokens(session.model(), tokenizer, "--examples");
    List<?> functions = tools == null ? null : functions(tools);
    int context = session.shape().maxContext();
    List<Example> all = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> lines = Files.readAllLines(examples, StandardCharsets.UTF_8);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String where = "--examples, line " + (i + 1);
      try {
        Example example =
            example(Json.parse(lines.get(i), where), tokenizer, chat, functions, context);
        all.add(example);
      } catch (InputException e) {
        e.lines().forEach(line -> wrong.add(where + ": " + line));
      } catch (FormatException e) {
        e.violations().forEach(violation -> wrong.add(violation.toString()));
      }
    }
    if (all.isEmpty() && wrong.isEmpty()) {
      wrong.add("--examples: " + examples + " has no examples");
    }
    if (!wrong.isEmpty()) {
      throw new InputException(wrong);
    }
    return all;
  }

  /**
   * A line's question and answer.
   *
   * @throws InputException if it has none, or they are too long together
   */
  private static Example example(
      JsonNode line, Tokenizer tokenizer, ChatTokens chat, @Nullable List<?> functions, int most) {
    String expected = line.path("expected").asString("");
    int[] tokens = tokenizer.encode(expected, false);
    if (!line.path("prompt").isString() || tokens.length == 0) {
      throw new InputException("has no \"prompt\" and \"expected\", each a text");
    }
    Example example =
        new Example(chat.of(line.path("prompt").asString(), functions), tokens, expected);
    if (example.length() > most) {
      throw new InputException("is longer than the context of " + most);
    }
    return example;
  }

  private static List<?> functions(Path file) {
    JsonNode list = Json.read(file, Json.CONFIG_BYTES).path("tools");
    if (!list.isArray()) {
      throw new InputException("--tools: " + file + " has no list \"tools\"");
    }
    return list.valueStream().toList();
  }

  private static void answer(
      SequenceRunner runner, Tokenizer tokenizer, ModelShape shape, Example example, Sums sums) {
    runner.restart();
    int[] answer =
        runner.greedy(
            example.prompt, example.expected.length + LONGER, shape.eosTokens()::contains);
    int last = answer.length - 1;
    boolean ended = shape.eosTokens().contains(answer[last]);
    int[] text = ended ? Arrays.copyOf(answer, last) : answer;
    sums.right += ended && tokenizer.decode(text).equals(example.text) ? 1 : 0;
  }

  /** Adds the log-probabilities of the expected answer's tokens, each after those before it. */
  private static void score(SequenceRunner runner, Example example, Sums sums) {
    runner.restart();
    Logprobs logprobs = new Logprobs(0);
    int start = example.prompt.length;
    SequenceRunner.LogitSink sink =
        (position, logits) -> {
          logprobs.score(logits, example.expected[position + 1 - start], 0);
          sums.logprobs += logprobs.logprob();
          sums.tokens++;
        };
    sink.row(start - 1, runner.append(example.prompt));
    if (example.expected.length > 1) {
      runner.append(Arrays.copyOf(example.expected, example.expected.length - 1), sink);
    }
  }

  private void print(int count, Sums sums) {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("weights", options.weights.precision().label());
    json.writeNumberProperty("examples", count);
    json.writeNumberProperty("right", sums.right);
    json.writeNumberProperty("accuracy", (double) sums.right / count);
    json.writeNumberProperty("tokens", sums.tokens);
    json.writeNumberProperty("perplexity", Math.exp(-sums.logprobs / sums.tokens));
    json.writeEndObject();
    console.endJson(json);
  }
}
