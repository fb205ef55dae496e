package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.cli.WeightsOption;
import dev.heddle.cli.bench.MixingBench.Clients;
import dev.heddle.cli.bench.MixingBench.Kind;
import dev.heddle.cli.bench.MixingBench.Result;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.model.RandomModel;
import dev.heddle.model.WeightSource;
import dev.heddle.runtime.InferenceRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code bench-mixing}: what clients wait longer, because their requests name adapters. */
@Command(
    name = "bench-mixing",
    description = {
      "Measures what mixing adapters costs clients: time to the first token (TTFT) and from token to",
      "token (TPOT) of the same requests to the base alone, to adapters whose experts are the base's",
      "own, and to adapters with experts in memory of their own. Answers, so routes, are the same.",
      "A table goes to stderr, JSON to stdout."
    })
public final class MixingCommand implements Callable<Integer> {
  private final Console console;

  @ArgGroup(multiplicity = "1")
  Subject subject = new Subject();

  @Option(
      names = "--adapters",
      paramLabel = "N",
      description = "Adapters that are resident, made up in memory; default ${DEFAULT-VALUE}.")
  int adapters = 20;

  @Option(
      names = "--alpha",
      split = ",",
      paramLabel = "A",
      description = {
        "Exponents of the power law of the adapters' shares of requests: 1 for equal shares, less",
        "for a few popular adapters; default 1,0.3,0.1."
      })
  List<Double> alphas = List.of(1.0, 0.3, 0.1);

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Requests of a round, 1 to 64; default ${DEFAULT-VALUE}.")
  int requests = 20;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests a second, at random times; default: all at once.")
  double rate;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Tokens of a prompt; default ${DEFAULT-VALUE}.")
  int promptTokens = 64;

  @Option(
      names = "--answer-tokens",
      paramLabel = "N",
      description = "Tokens of an answer, 2 at least; default ${DEFAULT-VALUE}.")
  int answerTokens = 32;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "How long to measure, after a fifth of it to warm up; default ${DEFAULT-VALUE}.")
  double seconds = 120;

  @Mixin ComputeOptions compute = new ComputeOptions();

  @Mixin WeightsOption weights = new WeightsOption();

  public MixingCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    check();
    Clients clients = new Clients(adapters, requests, promptTokens, answerTokens, rate);
    try (ModelFolder folder = subject.model == null ? null : ModelFolder.open(subject.model)) {
      WeightSource source =
          folder == null ? new RandomModel(subject.randomShape()) : WeightSource.of(folder);
      if (clients.context() > source.shape().maxContext()) {
        throw new InputException("the model's context is " + source.shape().maxContext());
      }
      try (MixingBench bench =
          new MixingBench(source, weights.precision(), compute.backend, compute.threads, clients)) {
        report(bench.runtime(), bench.measure(alphas, seconds));
      }
    }
    return 0;
  }

  private void check() {
    subject.requireFolder();
    if (compute.threads < 1 || adapters < 1 || adapters > 256 || requests < 1 || requests > 64) {
      throw new InputException("--threads is at least 1, --adapters 1 to 256, --requests 1 to 64");
    }
    if (promptTokens < 1 || answerTokens < 2 || !(rate >= 0) || !(seconds >= 0)) {
      throw new InputException(
          "--prompt-tokens is at least 1, --answer-tokens 2, --rate and --seconds 0");
    }
    if (alphas.stream().anyMatch(alpha -> !(alpha > 0 && alpha <= 1))) {
      throw new InputException("--alpha: each is more than 0 and at most 1");
    }
  }

  private void report(InferenceRuntime runtime, List<Result> results) {
    console.note(
        "%d adapters resident, rounds of %d requests (%s), %d and %d tokens; %s backend, %d threads"
            .formatted(
                adapters,
                requests,
                rate == 0 ? "all at once" : rate + " a second",
                promptTokens,
                answerTokens,
                runtime.backend(),
                compute.threads));
    console.note("TPOT is a round's mean, GAP the median time between its tokens;");
    console.note("medians of rounds, and in brackets where the middle half of them lies");
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("backend", runtime.backend());
    json.writeNumberProperty("adapters", adapters);
    json.writeNumberProperty("requests", requests);
    json.writeNumberProperty("rate", rate);
    json.writeNumberProperty("prompt_tokens", promptTokens);
    json.writeNumberProperty("answer_tokens", answerTokens);
    json.writeArrayPropertyStart("alphas");
    results.forEach(result -> result(json, result));
    json.writeEndArray();
    json.writeEndObject();
    console.endJson(json);
  }

  private void result(JsonGenerator json, Result result) {
    console.note(
        "alpha %.1f, %d rounds, %.1f different adapters in each"
            .formatted(result.alpha, result.rounds(), result.distinctAdapters()));
    json.writeStartObject();
    json.writeNumberProperty("alpha", result.alpha);
    json.writeNumberProperty("rounds", result.rounds());
    json.writeNumberProperty("distinct_adapters", result.distinctAdapters());
    time(json, "ttft", result, Wave::firstToken);
    time(json, "tpot", result, Wave::perToken);
    time(json, "gap", result, Wave::gap);
    json.writeEndObject();
  }

  private void time(
      JsonGenerator json, String name, Result result, ToDoubleFunction<Wave> measure) {
    List<Double> base = result.of(Kind.BASE).stream().map(measure::applyAsDouble).toList();
    double millis = Spread.of(base).median();
    Spread same = ratios(result, Kind.SAME, Kind.BASE, measure);
    Spread own = ratios(result, Kind.OWN, Kind.SAME, measure);
    Spread both = ratios(result, Kind.OWN, Kind.BASE, measure);
    console.note(
        "  %s %8.2f ms; same experts %s; more distinct ones %s; both %s"
            .formatted(
                name.toUpperCase(Locale.ROOT),
                millis,
                same.percent(),
                own.percent(),
                both.percent()));
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("base_ms", millis);
    spread(json, "rerouting", same);
    spread(json, "distinct_experts", own);
    spread(json, "both", both);
    json.writeEndObject();
  }

  /** Of one kind to another, round by round. */
  private static Spread ratios(Result result, Kind kind, Kind to, ToDoubleFunction<Wave> measure) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < result.rounds(); round++) {
      double one = measure.applyAsDouble(result.of(kind).get(round));
      ratios.add(one / measure.applyAsDouble(result.of(to).get(round)));
    }
    return Spread.of(ratios);
  }

  private static void spread(JsonGenerator json, String name, Spread spread) {
    json.writeArrayPropertyStart(name);
    json.writeNumber(spread.low());
    json.writeNumber(spread.median());
    json.writeNumber(spread.high());
    json.writeEndArray();
  }
}
