package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.cli.WeightsOption;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.RandomModel;
import dev.heddle.model.WeightSource;
import dev.heddle.runtime.MemoryPlan;
import dev.heddle.runtime.ProcessMemory;
import dev.heddle.runtime.RuntimeConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code plan}: how many tokens of KV a budget leaves beside so many adapters. */
@Command(
    name = "plan",
    description = {
      "Prints what a memory budget holds: the base model with 0, 1, 2, 3 and 20 adapters, and the",
      "tokens of KV that are left, beside those that as many merged models would leave. Nothing is",
      "loaded, unless --start asks for it. A table goes to stderr, JSON to stdout."
    })
public final class PlanCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,6})(MB|GB)");
  private static final int MOST_ADAPTERS = 256;
  private static final long NO_ROOM = -1;

  private final Console console;

  @ArgGroup(multiplicity = "1")
  Subject subject = new Subject();

  @Option(
      names = "--memory",
      required = true,
      paramLabel = "SIZE",
      description = "Bytes that weights, KV and buffers may take, such as 64GB.")
  String memory = "";

  @Option(
      names = "--adapters",
      split = ",",
      paramLabel = "N",
      description = {
        "Numbers of adapters; default 0,1,2,3,20. They tune as many experts as the ten adapters of",
        "ExpertWeave's paper: of 64 experts a layer 3.85 to 9.5 on average, 6 to 13 at most."
      })
  List<Integer> adapters = List.of(0, 1, 2, 3, 20);

  @Option(
      names = "--start",
      description = {
        "Also start the engine with each number of adapters that fits, load them, and say what it",
        "really has."
      })
  boolean start;

  @Mixin WeightsOption weights = new WeightsOption();

  public PlanCommand(Console console) {
    this.console = console;
  }

  /**
   * A budget's content.
   *
   * @param adapters how many
   * @param slots that their experts take
   * @param padded slots where each layer of an adapter has room for as many as its largest layer
   * @param bytes of their experts
   * @param kvTokens that the budget leaves; {@link #NO_ROOM} where the engine would not start
   * @param merged the same with as many merged models in place of one base and its adapters
   */
  private record Row(int adapters, int slots, int padded, long bytes, long kvTokens, long merged) {}

  @Override
  public Integer call() {
    long budget = budget();
    if (adapters.stream().anyMatch(n -> n < 0 || n > MOST_ADAPTERS)) {
      throw new InputException("--adapters: each is 0 to " + MOST_ADAPTERS);
    }
    subject.requireFolder();
    ModelShape shape =
        subject.model == null ? subject.randomShape() : ModelConfigReader.read(subject.model);
    List<Row> rows = adapters.stream().distinct().map(n -> row(shape, budget, n)).toList();
    table(shape, budget, rows);
    print(shape, budget, rows, start ? runs(shape, budget, rows) : Map.of());
    return 0;
  }

  /** By number of adapters, of all that fit. */
  private Map<Integer, PlanRun> runs(ModelShape shape, long budget, List<Row> rows) {
    Map<Integer, PlanRun> runs = new HashMap<>();
    try (ModelFolder folder = subject.model == null ? null : ModelFolder.open(subject.model)) {
      WeightSource source = folder == null ? new RandomModel(shape) : WeightSource.of(folder);
      for (Row row : rows) {
        if (row.kvTokens != NO_ROOM) {
          RuntimeConfig config = config(budget, row.adapters, row.slots);
          PlanRun run = PlanRun.of(source, config, AdapterMix.of(shape, row.adapters));
          runs.put(row.adapters, run);
          console.note(
              "started with %d adapters: %d KV tokens, %d slots; loading took %.3f GB, %.3f of the experts' bytes"
                  .formatted(
                      row.adapters,
                      run.kvTokens(),
                      run.slots(),
                      run.bytes() / 1e9,
                      row.bytes == 0 ? 0 : (double) run.bytes() / row.bytes));
        }
      }
    }
    return runs;
  }

  private long budget() {
    Matcher size = SIZE.matcher(memory);
    if (!size.matches()) {
      throw new InputException("--memory: '" + memory + "' is not a size, such as 64GB or 800MB");
    }
    return Long.parseLong(size.group(1)) << (size.group(2).equals("GB") ? 30 : 20);
  }

  private Row row(ModelShape shape, long budget, int count) {
    AdapterMix mix = AdapterMix.of(shape, count);
    MemoryEstimate estimate = estimate(shape);
    long others = Math.max(0, count - 1) * modelBytes(shape, estimate);
    return new Row(
        count,
        mix.slots(),
        mix.paddedSlots(),
        mix.slots() * estimate.slot(),
        tokens(shape, budget, count, mix.slots()),
        tokens(shape, budget - others, 0, 0));
  }

  /** The engine's own plan for its KV; nothing but the engine takes of the budget. */
  private long tokens(ModelShape shape, long budget, int rows, int slots) {
    if (budget <= 0) {
      return NO_ROOM;
    }
    try {
      return MemoryPlan.of(config(budget, rows, slots), shape).kvTokens();
    } catch (IllegalArgumentException e) { // the engine would not start
      return NO_ROOM;
    }
  }

  private RuntimeConfig config(long budget, int rows, int slots) {
    return BenchRuntime.config(
        weights.precision(), "auto", 0, budget, 0, rows, slots, ProcessMemory.NONE);
  }

  private MemoryEstimate estimate(ModelShape shape) {
    RuntimeConfig engine = RuntimeConfig.defaults();
    return MemoryEstimate.of(
        shape,
        new ModelLimits(
            engine.maxBatchTokens(),
            engine.maxSequences(),
            engine.logitRows(),
            1,
            ModelLimits.BLOCK_TOKENS,
            shape.maxContext(),
            MemoryEstimate.baseSlots(shape),
            1,
            weights.precision()));
  }

  private static long modelBytes(ModelShape shape, MemoryEstimate estimate) {
    return estimate.weights() + MemoryEstimate.baseSlots(shape) * estimate.slot();
  }

  private void table(ModelShape shape, long budget, List<Row> rows) {
    MemoryEstimate estimate = estimate(shape);
    console.note(
        "%s, weights %s: the model takes %.1f GB of %.1f, an expert slot %.1f MB, a token's KV %.1f kB"
            .formatted(
                shape.family(),
                weights.precision().label(),
                modelBytes(shape, estimate) / 1e9,
                budget / 1e9,
                estimate.slot() / 1e6,
                estimate.kvToken() / 1e3));
    console.note(" adapters   slots      GB   KV tokens   with as many merged models");
    for (Row row : rows) {
      console.note(
          "%9d %7d %7.2f   %9s   %s"
              .formatted(
                  row.adapters,
                  row.slots,
                  row.bytes / 1e9,
                  row.kvTokens == NO_ROOM ? "no room" : row.kvTokens,
                  row.merged == NO_ROOM ? "no room" : row.merged));
    }
  }

  private void print(ModelShape shape, long budget, List<Row> rows, Map<Integer, PlanRun> runs) {
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("weights", weights.precision().label());
    json.writeNumberProperty("budget_bytes", budget);
    json.writeNumberProperty("model_bytes", modelBytes(shape, estimate(shape)));
    json.writeArrayPropertyStart("plans");
    for (Row row : rows) {
      json.writeStartObject();
      json.writeNumberProperty("adapters", row.adapters);
      json.writeNumberProperty("slots", row.slots);
      json.writeNumberProperty("padded_slots", row.padded);
      json.writeNumberProperty("adapter_bytes", row.bytes);
      json.writeNumberProperty("kv_tokens", Math.max(0, row.kvTokens));
      json.writeBooleanProperty("fits", row.kvTokens != NO_ROOM);
      json.writeNumberProperty("kv_tokens_merged", Math.max(0, row.merged));
      json.writeBooleanProperty("fits_merged", row.merged != NO_ROOM);
      PlanRun run = runs.get(row.adapters);
      if (run != null) {
        json.writeObjectPropertyStart("started");
        json.writeNumberProperty("kv_tokens", run.kvTokens());
        json.writeNumberProperty("slots", run.slots());
        json.writeNumberProperty("bytes", run.bytes());
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    console.endJson(json);
  }
}
