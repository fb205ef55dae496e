package dev.heddle.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.heddle.cli.Backend;
import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.cli.WeightsOption;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RandomModel;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Ops;
import dev.heddle.ops.vector.MemoryBandwidth;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench}: how fast a model runs here, with how many adapters at once. */
@Command(
    name = "bench",
    description = {
      "Measures prefill and decode: tokens/s, and GB/s of weights against the memory's bandwidth.",
      "A table goes to stderr, JSON to stdout."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final List<Integer> ADAPTERS = List.of(0, 1, 8, 20);
  private static final int MOST_ADAPTERS = 256;
  private static final double MEMORY_SHARE = 0.85;

  private final Console console;

  @ArgGroup(multiplicity = "1")
  Subject subject = new Subject();

  @Option(
      names = "--adapters",
      paramLabel = "N",
      description = "Measure with 0 and N adapters (default: 0, 1, 8 and 20), made up in memory.")
  @Nullable Integer adapters;

  @Mixin ComputeOptions compute = new ComputeOptions();

  @Mixin WeightsOption weights = new WeightsOption();

  @Option(names = "--profile", description = "Also time each operation.")
  boolean profile;

  @Option(
      names = "--counting",
      description = {
        "Measure instead what counting costs: the same steps while routers count where they send",
        "tokens and while they do not, in turns."
      })
  boolean counting;

  @Option(
      names = "--scoring",
      description = {
        "Measure instead what scoring a prompt (logprobs of its tokens) costs it, and what it costs",
        "others' streams, and the same of a text whose routing is collected in the background;",
        "through the whole engine, the base model alone."
      })
  boolean scoring;

  @Option(
      names = "--sampling",
      description = {
        "Measure instead what drawing tokens takes of a step of 16 sequences, by ways to draw;",
        "through the whole engine, the base model alone."
      })
  boolean sampling;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = {
        "Measure instead how 1 and 4 sequences decode that have so many positions, the base model",
        "alone, and what attention takes of it."
      })
  int context;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Tokens of each prompt of --scoring; default 2000, at most the context.")
  int promptTokens = 2000;

  public BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (compute.threads < 1 || (adapters != null && (adapters < 0 || adapters > MOST_ADAPTERS))) {
      throw new InputException("--threads is at least 1, --adapters 0 to " + MOST_ADAPTERS);
    }
    if (context < 0) {
      throw new InputException("--context is at least 1");
    }
    if (promptTokens < 2) {
      throw new InputException("--prompt-tokens is at least 2");
    }
    subject.requireFolder();
    try (ModelFolder folder = subject.model == null ? null : ModelFolder.open(subject.model)) {
      ModelShape shape = folder == null ? subject.randomShape() : folder.shape();
      WeightSource source = folder == null ? new RandomModel(shape) : WeightSource.of(folder);
      if (scoring) {
        ScoringBench.run(
            source, weights.precision(), compute.backend, compute.threads, promptTokens, console);
        return 0;
      }
      if (sampling) {
        SamplingBench.run(source, weights.precision(), compute.backend, compute.threads, console);
        return 0;
      }
      double bandwidth = MemoryBandwidth.measure(compute.threads) / 1e9;
      try (Ops ops = Backend.open(shape, weights.precision(), compute.backend, compute.threads)) {
        if (counting && ops.deviceMemory() > 0) {
          throw new InputException("--counting: an accelerator's pass is recorded with counting");
        }
        if (context > 0) {
          context(source, ops, bandwidth);
          return 0;
        }
        List<Integer> counts = affordable(shape, ops);
        run(source, ops, counts, bandwidth);
      }
    }
    return 0;
  }

  private void context(WeightSource source, Ops ops, double bandwidth) {
    ModelShape shape = source.shape();
    if (context > shape.maxContext()) {
      throw new InputException("--context: the model's limit is " + shape.maxContext());
    }
    if (ContextBench.bytes(shape, weights.precision(), context) > memory(ops)) {
      throw new InputException("--context: the model and so long a context do not fit the memory");
    }
    console.note(
        String.format(
            "%s backend, %d threads, memory reads %.1f GB/s",
            ops.name(), compute.threads, bandwidth));
    ContextBench.run(source, ops, weights.precision(), context, console);
  }

  private void run(WeightSource source, Ops ops, List<Integer> counts, double bandwidth) {
    Bench bench =
        Bench.load(source, ops, weights.precision(), counts, profile, console.progress("loading"));
    BenchReport report = new BenchReport(console, ops.name(), compute.threads, bandwidth);
    if (counting) {
      bench.prefills().forEach(work -> report.counting("prefill", bench.countingCost(work)));
      bench.decodes().forEach(work -> report.counting("decode", bench.countingCost(work)));
      report.print(source.shape());
      return;
    }
    bench.prefills().forEach(work -> report.prefill(bench.measure(work)));
    bench.decodes().forEach(work -> report.decode(bench.measure(work)));
    if (profile) {
      report.profile("prefill", bench.profile(bench.prefills().getFirst()));
      report.profile("decode", bench.profile(bench.decodes().getFirst()));
      report.profile("decode, largest batch", bench.profile(bench.decodes().getLast()));
    }
    report.print(source.shape());
  }

  /** Bytes that may be used of the device's memory, or the machine's. */
  private static double memory(Ops ops) {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long whole = ops.deviceMemory() > 0 ? ops.deviceMemory() : system.getTotalMemorySize();
    return MEMORY_SHARE * whole;
  }

  /** The numbers of adapters that fit the device's memory, or the machine's. */
  private List<Integer> affordable(ModelShape shape, Ops ops) {
    List<Integer> wanted = adapters == null ? ADAPTERS : List.of(0, adapters);
    double memory = memory(ops);
    List<Integer> counts = new ArrayList<>();
    for (int count : wanted.stream().distinct().toList()) {
      if (Bench.bytes(shape, weights.precision(), count) <= memory) {
        counts.add(count);
      } else {
        console.note(
            String.format(
                "%d adapters need %.1f GB: more than there is",
                count, Bench.bytes(shape, weights.precision(), count) / 1e9));
      }
    }
    if (counts.isEmpty()) {
      throw new InputException("the model does not fit the memory");
    }
    return counts;
  }
}
