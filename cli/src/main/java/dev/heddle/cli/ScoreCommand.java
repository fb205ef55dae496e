package dev.heddle.cli;

import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.ExpertPlan;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.SequenceRunner;
import dev.heddle.score.ExpertChoice;
import dev.heddle.score.ExpertScores;
import dev.heddle.score.Relevance;
import dev.heddle.score.Sample;
import dev.heddle.score.SampleReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code score}: which experts to train for a task, told from samples of it. */
@Command(
    name = "score",
    description = {
      "Runs the base model over sample data and prints how relevant each expert is (ESFT, arXiv",
      "2407.01906), the experts to train, and the slots and bytes that an adapter of them needs."
    })
final class ScoreCommand implements Callable<Integer> {
  private static final int CHUNK = 256;
  private static final long DATA_BYTES_MAX = 256L << 20;
  private static final int LINES_MAX = 1_000_000;
  private static final int LENGTH_MAX = 4096;

  private final Console console;

  @Mixin BaseOptions options = new BaseOptions();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = {
        "JSON Lines, at most 256 MiB and 1,000,000 lines: {\"text\": ...}, or {\"messages\": [...]},",
        "which go through the model's chat template."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path data;

  @Option(
      names = "--score",
      paramLabel = "gate|token",
      defaultValue = "token",
      description = "Average gate score, or token selection ratio (default).")
  Relevance relevance = Relevance.TOKEN;

  @Option(
      names = "--p",
      paramLabel = "P",
      description = {
        "Each layer's most relevant experts are chosen until their scores sum to this;",
        "default: 0.2 for token, 0.1 for gate."
      })
  @Nullable Double p;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "131072",
      description = "Stops after the sample in which so many tokens are reached; default: 131072.")
  long maxTokens = 131_072;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Longer samples are cut; default: 4096, or the model's context if that is less.")
  @Nullable Integer maxLength;

  @Option(names = "--out", paramLabel = "FILE", description = "Writes expert_cfg.json there.")
  @Nullable Path out;

  ScoreCommand(Console console) {
    this.console = console;
  }

  /** The samples that are run, as tokens. */
  private record Run(List<int[]> samples, int cut, long tokens) {}

  @Override
  public Integer call() throws IOException {
    double share = p == null ? relevance.usualShare() : p;
    check(share);
    try (ModelSession session = ModelSession.open(options, console);
        Tokenizer tokenizer = Tokenizer.open(session.model());
        SampleReader reader = new SampleReader(tokenizer, ChatTemplate.load(session.model()))) {
      if (session.shape().moeLayers() == 0) {
        throw new InputException("--model: " + options.model + " has no layer with experts");
      }
      int length = length(session.shape().maxContext());
      Run run = tokens(reader, reader.read(Files.readAllBytes(data), LINES_MAX), length);
      RoutingSums sums = RoutingSums.of(session.shape());
      compute(session, run, sums);
      ExpertScores scores = ExpertScores.of(sums, session.shape());
      ExpertChoice choice = ExpertChoice.of(scores, relevance, share);
      if (out != null) {
        Files.write(out, choice.config().json());
      }
      print(run, scores, share, choice, choice.plan(session.shape()));
    }
    return 0;
  }

  /** What can be wrong before anything is read. */
  private void check(double share) throws IOException {
    List<String> wrong = new ArrayList<>();
    if (!(share > 0 && share <= 1)) {
      wrong.add("--p: " + share + " is not above 0 and at most 1");
    }
    if (maxTokens < 1) {
      wrong.add("--max-tokens: " + maxTokens + " is less than 1");
    }
    if (!Files.isRegularFile(data)) {
      wrong.add("--data: " + data + " is not a file");
    } else if (Files.size(data) > DATA_BYTES_MAX) {
      wrong.add("--data: " + data + " has more than 256 MiB");
    }
    if (out != null && (Files.isDirectory(out) || !Files.isDirectory(folder(out)))) {
      wrong.add(
          "--out: " + out + " cannot be written: it must be a file in a folder that is there");
    }
    if (!wrong.isEmpty()) {
      throw new InputException(wrong);
    }
  }

  private static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  private int length(int context) {
    int length = maxLength == null ? Math.min(LENGTH_MAX, context) : maxLength;
    if (length < 1 || length > context) {
      throw new InputException(
          "--max-length: " + length + " is not 1 to " + context + ", the model's context");
    }
    return length;
  }

  private Run tokens(SampleReader reader, List<Sample> samples, int length) {
    List<int[]> texts = new ArrayList<>();
    int cut = 0;
    long tokens = 0;
    for (Sample sample : samples) {
      if (tokens >= maxTokens) {
        break;
      }
      int[] text = reader.tokens(sample, length + 1);
      if (text.length > length) {
        text = Arrays.copyOf(text, length);
        cut++;
      }
      texts.add(text);
      tokens += text.length;
    }
    if (tokens == 0) {
      throw new InputException("--data: its samples have no tokens");
    }
    return new Run(texts, cut, tokens);
  }

  private void compute(ModelSession session, Run run, RoutingSums sums) {
    int longest = run.samples.stream().mapToInt(text -> text.length).max().orElseThrow();
    SequenceRunner runner = session.load(longest, Math.min(CHUNK, longest), 1);
    if (!runner.model().showsRouting()) {
      String backend = runner.model().backend();
      throw new InputException(
          "--backend: " + backend + " does not show what routers decide; use vector");
    }
    long done = 0;
    int tenth = 0;
    for (int[] text : run.samples) {
      runner.restart();
      runner.append(text, sums);
      done += text.length;
      if (10 * done / run.tokens > tenth) {
        tenth = (int) (10 * done / run.tokens);
        console.note("scoring: " + done + " of " + run.tokens + " tokens");
      }
    }
  }

  private void print(
      Run run, ExpertScores scores, double share, ExpertChoice choice, ExpertPlan plan) {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeNumberProperty("samples", run.samples.size());
    json.writeNumberProperty("cut", run.cut);
    json.writeNumberProperty("tokens", scores.tokens());
    json.writeStringProperty("score", relevance.name().toLowerCase(Locale.ROOT));
    json.writeNumberProperty("p", share);
    json.writeNumberProperty("slots", plan.experts());
    json.writeNumberProperty("bytes", plan.bytes());
    json.writeArrayPropertyStart("layers");
    for (ExpertScores.Layer layer : scores.layers()) {
      json.writeStartObject();
      json.writeNumberProperty("layer", layer.number());
      numbers(json, "gate", layer.gate());
      numbers(json, "token", layer.token());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("layers_below_p");
    choice.layersBelow().forEach(json::writeNumber);
    json.writeEndArray();
    config(json, choice.config());
    json.writeEndObject();
    console.endJson(json);
  }

  private static void config(JsonGenerator json, ExpertConfig config) {
    json.writeName("expert_cfg");
    json.writeRawValue(new String(config.json(), StandardCharsets.UTF_8));
  }

  private static void numbers(JsonGenerator json, String name, List<Double> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeNumber);
    json.writeEndArray();
  }
}
