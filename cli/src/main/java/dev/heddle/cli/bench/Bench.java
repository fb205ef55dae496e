package dev.heddle.cli.bench;

import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.Progress;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A model with made-up adapters resident, and what is measured on it. One thread. */
final class Bench {
  private static final List<Integer> BATCHES = List.of(1, 4, 8, 16);
  private static final int PROFILE_ROUNDS = 2; // of a workload's steps

  private final MoeModel model;
  private final SlotMeter meter;
  private final @Nullable OpTimes times;
  private final List<Integer> adapterCounts;

  private Bench(
      MoeModel model, SlotMeter meter, @Nullable OpTimes times, List<Integer> adapterCounts) {
    this.model = model;
    this.meter = meter;
    this.times = times;
    this.adapterCounts = adapterCounts;
  }

  /** What a bench with so many adapters takes in memory. */
  static long bytes(ModelShape shape, Precision precision, int adapters) {
    ModelLimits limits = limits(shape, precision, adapters);
    return MemoryEstimate.of(shape, limits).total(limits);
  }

  /**
   * Loads a model, and adapters whose experts are copies of the base's: other memory, same routing.
   *
   * @param adapterCounts distinct adapters in a batch to measure with
   * @param profile whether {@link #profile} will be asked for, which costs every operation a little
   */
  static Bench load(
      WeightSource source,
      Ops ops,
      Precision precision,
      List<Integer> adapterCounts,
      boolean profile,
      Progress progress) {
    int adapters = adapterCounts.stream().mapToInt(Integer::intValue).max().orElse(0);
    OpTimes times = profile ? new OpTimes(ops) : null;
    SlotMeter meter = new SlotMeter(times == null ? ops : times.ops());
    ModelLimits limits = limits(source.shape(), precision, adapters);
    MoeModel model = MoeModel.load(source, meter.ops(), limits, progress);
    loadAdapters(model, source, AdapterMix.of(source.shape(), adapters));
    return new Bench(model, meter, times, adapterCounts);
  }

  private static ModelLimits limits(ModelShape shape, Precision precision, int adapters) {
    int sequences = Math.max(adapters, BATCHES.getLast());
    int slots = MemoryEstimate.baseSlots(shape) + AdapterMix.of(shape, adapters).slots();
    return new ModelLimits(
        Workload.PREFILL_TOKENS,
        sequences,
        sequences,
        Workload.blocks(sequences),
        ModelLimits.BLOCK_TOKENS,
        Math.min(shape.maxContext(), Workload.LONG_PROMPT_TOKENS),
        Math.max(1, slots),
        adapters + 1,
        precision);
  }

  private static void loadAdapters(MoeModel model, WeightSource source, AdapterMix mix) {
    ModelShape shape = model.shape();
    int[] moeLayers = IntStream.range(0, shape.layers()).filter(shape::isMoe).toArray();
    int slot = model.baseSlots();
    for (int adapter = 0; adapter < mix.tuned().size(); adapter++) {
      int[][] map = model.baseMap();
      for (int moeLayer = 0; moeLayer < map.length; moeLayer++) {
        for (int column : mix.tuned().get(adapter).get(moeLayer)) {
          model.fillSlot(slot, source.expert(moeLayers[moeLayer], column));
          map[moeLayer][column] = slot++;
        }
        model.writeMap(adapter + 1, moeLayer, map[moeLayer]);
      }
    }
  }

  /** Every batch size with every number of adapters that it can hold, and a batch of them all. */
  List<Workload> decodes() {
    List<Workload> all = new ArrayList<>();
    List<Integer> batches = new ArrayList<>(BATCHES);
    adapterCounts.stream().filter(n -> n > BATCHES.getLast()).forEach(batches::add);
    for (int batch : batches) {
      adapterCounts.stream()
          .map(n -> Math.min(n, batch))
          .distinct()
          .filter(n -> batch <= BATCHES.getLast() || n == batch)
          .forEach(n -> all.add(Workload.decode(model, batch, n)));
    }
    return all;
  }

  List<Workload> prefills() {
    List<Workload> all = new ArrayList<>();
    adapterCounts.forEach(n -> all.add(Workload.prefill(model, n)));
    if (model.shape().maxContext() >= Workload.LONG_PROMPT_TOKENS) {
      all.add(Workload.longPrompt(model));
    }
    return all;
  }

  Measurement measure(Workload work) {
    return Measurement.run(model, meter, work);
  }

  CountingCost countingCost(Workload work) {
    return CountingCost.measure(model, meter, work);
  }

  /** Microseconds of each operation in one step; empty where no profile was asked for. */
  Map<String, Double> profile(Workload work) {
    if (times == null) {
      return Map.of();
    }
    int[] next = {0};
    return times.measure(
        () -> model.forward(work.steps().get(next[0]++ % work.steps().size())),
        PROFILE_ROUNDS * work.steps().size());
  }
}
