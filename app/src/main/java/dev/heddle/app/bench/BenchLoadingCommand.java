package dev.heddle.app.bench;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.cli.WeightsOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench-loading}: how fast adapters are loaded, and what others' streams feel of it. */
@Command(
    name = "bench-loading",
    description = {
      "Measures how fast an adapter comes from the store's files, which the system has in memory,",
      "into its slots, alone and beside streams, and how long these wait for each token; through",
      "the whole engine, with DeepSeek-V2-Lite's shape and random weights.",
      "A summary goes to stderr, JSON to stdout."
    })
public final class BenchLoadingCommand implements Callable<Integer> {
  private static final int MOST_LAYERS = 27;

  private final Console console;

  @Option(names = "--layers", paramLabel = "N", description = "Layers of the model; default 4.")
  private int layers = 4;

  @Option(
      names = "--experts",
      paramLabel = "N",
      description = "Experts of the adapter, 17.3 MB each; default 60.")
  private int experts = 60;

  @Option(names = "--streams", paramLabel = "N", description = "Answers under way; default 4.")
  private int streams = 4;

  @Option(names = "--rounds", paramLabel = "N", description = "Loads of each kind; default 5.")
  private int rounds = 5;

  @Option(
      names = "--load-threads",
      paramLabel = "N",
      description = "As engine.load-threads; default 2.")
  private int loadThreads = 2;

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: one a core.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private WeightsOption weights = new WeightsOption();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the experts are written meanwhile; default: that of temporary files.")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  public BenchLoadingCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    int most = 64 * (layers - 1);
    if (layers < 2 || layers > MOST_LAYERS || experts < 1 || experts > most) {
      throw new InputException(
          "--layers is 2 to %d, --experts 1 to 64 a layer but the first".formatted(MOST_LAYERS));
    }
    if (streams < 1 || streams > 64 || rounds < 1 || loadThreads < 1 || threads < 1) {
      throw new InputException(
          "--streams is 1 to 64; --rounds, --load-threads and --threads are at least 1");
    }
    LoadingBench.run(
        new LoadingBench.Settings(
            layers, experts, streams, rounds, loadThreads, threads, weights.precision(), folder),
        console);
    return 0;
  }
}
