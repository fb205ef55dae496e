package dev.heddle.cli.bench;

import dev.heddle.cli.FailedException;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.ProcessMemory;
import dev.heddle.runtime.RuntimeConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What mixing adapters costs clients, through the whole engine: the same requests to the base model
 * alone, to adapters whose experts are the base's own, and to adapters with experts in slots of
 * their own. Answers of all three are the same, which is checked, so tokens take the same routes:
 * the second kind adds the rerouting, the third the memory of more distinct experts. Kinds take
 * turns, in all their orders, and are compared within a round.
 */
final class MixingBench implements AutoCloseable {
  private static final Kind[][] ORDERS = {
    {Kind.BASE, Kind.SAME, Kind.OWN},
    {Kind.OWN, Kind.SAME, Kind.BASE},
    {Kind.SAME, Kind.OWN, Kind.BASE},
    {Kind.BASE, Kind.OWN, Kind.SAME},
    {Kind.OWN, Kind.BASE, Kind.SAME},
    {Kind.SAME, Kind.BASE, Kind.OWN}
  };

  /** Whom the requests ask. */
  enum Kind {
    BASE,
    SAME,
    OWN
  }

  /**
   * What clients do.
   *
   * @param adapters that they choose from
   * @param rate requests a second; 0 for all at once
   */
  record Clients(int adapters, int requests, int promptTokens, int answerTokens, double rate) {
    int context() {
      return promptTokens + answerTokens;
    }
  }

  /** All rounds with one alpha; lists have an entry for each round. */
  static final class Result {
    final double alpha;
    final Map<Kind, List<Wave>> waves = new EnumMap<>(Kind.class);
    private long distinctAdapters;

    private Result(double alpha) {
      this.alpha = alpha;
      for (Kind kind : Kind.values()) {
        waves.put(kind, new ArrayList<>());
      }
    }

    List<Wave> of(Kind kind) {
      return Objects.requireNonNull(waves.get(kind), "every kind is measured");
    }

    int rounds() {
      return of(Kind.BASE).size();
    }

    /** Different adapters among a round's requests, on average. */
    double distinctAdapters() {
      return (double) distinctAdapters / rounds();
    }
  }

  private final InferenceRuntime runtime;
  private final MadeAdapters adapters;
  private final Clients clients;
  private int mixes;

  /** Starts the engine, with memory for what the clients need, and loads the adapters. */
  MixingBench(
      WeightSource source, Precision precision, String backend, int threads, Clients clients) {
    this.clients = clients;
    AdapterMix mix = AdapterMix.of(source.shape(), clients.adapters());
    adapters = new MadeAdapters(source, mix);
    runtime =
        BenchRuntime.start(
            config(source.shape(), precision, backend, threads, clients, mix), source, adapters);
    try {
      MadeAdapters.pin(runtime, adapters.own());
      MadeAdapters.pin(runtime, adapters.same());
    } catch (Throwable e) {
      runtime.close();
      throw e;
    }
  }

  private static RuntimeConfig config(
      ModelShape shape,
      Precision precision,
      String backend,
      int threads,
      Clients clients,
      AdapterMix mix) {
    int rows = 2 * clients.adapters();
    RuntimeConfig d = RuntimeConfig.defaults();
    int context = Math.min(clients.context(), shape.maxContext());
    int blocks = clients.requests() * (Math.ceilDiv(context, ModelLimits.BLOCK_TOKENS) + 1);
    int slots = MemoryEstimate.baseSlots(shape) + mix.slots();
    ModelLimits limits =
        new ModelLimits(
            d.maxBatchTokens(),
            d.maxSequences(),
            d.logitRows(),
            blocks,
            ModelLimits.BLOCK_TOKENS,
            context,
            slots,
            rows + 1,
            precision);
    long memory = MemoryEstimate.of(shape, limits).total(limits);
    return BenchRuntime.config(
        precision, backend, threads, memory, context, rows, mix.slots(), ProcessMemory.NONE);
  }

  /** The engine that is measured. */
  InferenceRuntime runtime() {
    return runtime;
  }

  /**
   * Measures rounds of all alphas in turns until the time is over, one at least, after rounds to
   * warm up for a fifth of the time.
   */
  List<Result> measure(List<Double> alphas, double seconds) {
    rounds(alphas, seconds / 5);
    return rounds(alphas, seconds);
  }

  private List<Result> rounds(List<Double> alphas, double seconds) {
    List<Result> results = alphas.stream().map(Result::new).toList();
    long start = System.nanoTime();
    for (int round = 0; round == 0 || System.nanoTime() - start < seconds * 1e9; round++) {
      for (Result result : results) {
        round(result, round);
      }
    }
    return results;
  }

  private void round(Result result, int round) {
    RequestMix mix =
        RequestMix.of(
            mixes++,
            clients.requests(),
            clients.promptTokens(),
            runtime.shape().vocabulary(),
            clients.adapters(),
            result.alpha,
            clients.rate());
    result.distinctAdapters += mix.distinctAdapters();
    for (Kind kind : ORDERS[round % ORDERS.length]) {
      String name = "mix " + mixes + " " + kind;
      result.of(kind).add(Wave.run(runtime, mix, digests(kind), clients.answerTokens(), name));
    }
    List<List<Integer>> answers = result.of(Kind.BASE).getLast().answers();
    for (Kind kind : Kind.values()) {
      if (!result.of(kind).getLast().answers().equals(answers)) {
        throw new FailedException(List.of("answers differ: tokens took other routes"));
      }
    }
  }

  private @Nullable List<Digest> digests(Kind kind) {
    return switch (kind) {
      case BASE -> null;
      case SAME -> adapters.same();
      case OWN -> adapters.own();
    };
  }

  @Override
  public void close() {
    runtime.close();
  }
}
