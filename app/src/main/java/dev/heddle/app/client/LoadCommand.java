package dev.heddle.app.client;

import dev.heddle.app.client.load.Arrivals;
import dev.heddle.app.client.load.LatencyPlot;
import dev.heddle.app.client.load.Lengths;
import dev.heddle.app.client.load.LoadPlan;
import dev.heddle.app.client.load.LoadPrinter;
import dev.heddle.app.client.load.LoadReport;
import dev.heddle.app.client.load.LoadRun;
import dev.heddle.app.client.load.Pace;
import dev.heddle.cli.Console;
import dev.heddle.cli.FailedException;
import dev.heddle.cli.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code load}: what a server does under the load of many clients. */
@Command(
    name = "load",
    description = {
      "Sends streamed chats to a server that speaks OpenAI's API, and measures what its clients",
      "see: time to first token, time per output token, goodput, errors. A table goes to stderr,",
      "JSON to stdout. Everything drawn follows from --seed."
    })
public final class LoadCommand extends PlatformCommand {
  @Option(
      names = "--models",
      paramLabel = "NAME",
      split = ",",
      required = true,
      description = "Models to ask, the most popular first, e.g. intent,sql,base.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private List<String> models;

  @ArgGroup(multiplicity = "1")
  private How how = new How();

  /** When the next request is sent. */
  static final class How {
    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "Requests a second, sent whether the server keeps up or not.")
    private double rate;

    @Option(
        names = "--concurrency",
        paramLabel = "N",
        description = "So many requests under way at every moment; the next one waits for a place.")
    private int concurrency;
  }

  @Option(
      names = "--cv",
      paramLabel = "N",
      description = "Burstiness of --rate: 1 (default) is a Poisson process, 4 comes in bursts.")
  private double cv = 1;

  @Option(
      names = "--alpha",
      paramLabel = "N",
      description = "Skew of the models' popularity: 0 (default) asks all alike, 1 is Zipf's.")
  private double alpha;

  @Option(names = "--requests", paramLabel = "N", description = "How many; default 100.")
  private int requests = 100;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "So many before, one after the other, not counted; default 0.")
  private int warmUp;

  @Option(
      names = "--prompt-words",
      paramLabel = "LENGTH",
      converter = LengthsText.class,
      description = "Words of a prompt: 64, 16-128, or 128~0.8 (log-normal); default 32.")
  private Lengths promptWords = new Lengths.Uniform(32, 32);

  @Option(
      names = "--answer-tokens",
      paramLabel = "LENGTH",
      converter = LengthsText.class,
      description = "Most tokens of an answer, as --prompt-words; default 32.")
  private Lengths answerTokens = new Lengths.Uniform(32, 32);

  @Option(
      names = "--ignore-eos",
      description = "Answers have all their tokens; servers such as Heddle and vLLM know it.")
  private boolean ignoreEos;

  @Option(
      names = "--slo-ttft",
      paramLabel = "MS",
      description = "A first token in time, for goodput: milliseconds, default 1000.")
  private int ttftMillis = 1000;

  @Option(
      names = "--slo-tpot",
      paramLabel = "MS",
      description = "A token in time after the first, on the mean: milliseconds, default 200.")
  private int tpotMillis = 200;

  @Option(names = "--seed", paramLabel = "N", description = "Default 1.")
  private long seed = 1;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Also draws how the times are distributed, as SVG.")
  private @Nullable Path plot;

  public LoadCommand(Console console) {
    super(console);
  }

  @Override
  void run(PlatformClient client) throws IOException {
    check();
    LoadReport report = measure(plan());
    LoadPrinter printer = new LoadPrinter(console, report);
    printer.table();
    printer.json();
    if (plot != null) {
      Files.writeString(plot, new LatencyPlot(report).svg());
    }
  }

  private void check() {
    List<String> wrong = new ArrayList<>();
    if (how.rate < 0 || how.concurrency < 0 || (how.rate == 0 && how.concurrency == 0)) {
      wrong.add("--rate and --concurrency are more than 0");
    }
    if (!(cv > 0) || !(alpha >= 0)) {
      wrong.add("--cv is more than 0, --alpha at least 0");
    }
    if (requests < 1 || warmUp < 0) {
      wrong.add("--requests is at least 1, --warm-up at least 0");
    }
    if (ttftMillis < 1 || tpotMillis < 1) {
      wrong.add("--slo-ttft and --slo-tpot are at least 1");
    }
    if (!wrong.isEmpty()) {
      throw new InputException(wrong);
    }
  }

  private LoadPlan plan() throws IOException {
    Pace pace =
        how.rate > 0 ? new Pace.Open(new Arrivals(how.rate, cv)) : new Pace.Closed(how.concurrency);
    return new LoadPlan(
        server(),
        key(),
        models,
        requests,
        warmUp,
        pace,
        alpha,
        promptWords,
        answerTokens,
        ignoreEos,
        Duration.ofMillis(ttftMillis),
        Duration.ofMillis(tpotMillis),
        seed);
  }

  private LoadReport measure(LoadPlan plan) {
    int tenth = Math.max(1, requests / 10);
    try {
      return LoadRun.of(
          plan,
          ended -> {
            if (ended % tenth == 0 && ended < requests) {
              console.note(ended + " of " + requests + " answers have ended");
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException(List.of("interrupted"));
    }
  }
}
