package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.Progress;
import dev.heddle.model.StepBatch;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Precision;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * Decoding of sequences that have many positions in the KV cache. The cache holds the KV of one
 * block of random tokens, copied to all others: other contents, the same memory to be read. One
 * thread.
 */
final class ContextBench {
  private static final List<Integer> SEQUENCES = List.of(1, 4);
  private static final int PROFILE_ROUNDS = 2; // of a workload's steps

  private final MoeModel model;
  private final OpTimes times;
  private final SlotMeter meter;
  private final int context;

  private ContextBench(WeightSource source, Ops ops, ModelLimits limits, Progress progress) {
    times = new OpTimes(ops);
    meter = new SlotMeter(times.ops());
    model = MoeModel.load(source, meter.ops(), limits, progress);
    context = limits.context();
  }

  /** What it takes in memory. */
  static long bytes(ModelShape shape, Precision precision, int context) {
    ModelLimits limits = limits(shape, precision, context);
    MemoryEstimate estimate = MemoryEstimate.of(shape, limits);
    return estimate.weights()
        + limits.slots() * estimate.slot()
        + (long) limits.kvBlocks() * limits.blockTokens() * estimate.kvToken()
        + estimate.workspace();
  }

  private static ModelLimits limits(ModelShape shape, Precision precision, int context) {
    int sequences = SEQUENCES.getLast();
    int blocks = Math.ceilDiv(context, ModelLimits.BLOCK_TOKENS);
    return new ModelLimits(
        ModelLimits.BLOCK_TOKENS,
        sequences,
        sequences,
        sequences * blocks,
        ModelLimits.BLOCK_TOKENS,
        context,
        MemoryEstimate.baseSlots(shape),
        1,
        precision);
  }

  /** Measures and reports sequences whose next token is the last of {@code context}. */
  static void run(WeightSource source, Ops ops, Precision precision, int context, Console console) {
    ModelLimits limits = limits(source.shape(), precision, context);
    ContextBench bench = new ContextBench(source, ops, limits, console.progress("loading"));
    bench.fill();
    bench.report(console);
  }

  private void fill() {
    StepBatch batch = Workload.decode(model, 1, 0, 0).steps().getFirst();
    int tokens = Math.min(context, ModelLimits.BLOCK_TOKENS);
    batch.tokenCount = tokens;
    for (int t = 0; t < tokens; t++) {
      batch.tokens[t] = t * 31 % model.shape().vocabulary();
      batch.positions[t] = t;
      batch.kvSlots[t] = t;
    }
    model.forward(batch);
    for (int block = 1; block < model.limits().kvBlocks(); block++) {
      model.copyBlock(0, block);
    }
  }

  private void report(Console console) {
    console.note(context + " positions; attention's GB/s are those of KV");
    console.note(
        "       batch    tokens/s   ms/step      GB/s   attention: ms  of the step   GB/s");
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeNumberProperty("context", context);
    json.writeArrayPropertyStart("decode");
    for (int sequences : SEQUENCES) {
      Workload work = Workload.decode(model, sequences, 0, context - 1);
      Measurement m = Measurement.run(model, meter, work);
      Map<String, Double> micros = profile(work);
      double attention = micros.getOrDefault("attention", 0.0);
      double share = attention / micros.values().stream().mapToDouble(Double::doubleValue).sum();
      double kv = work.keys() * MemoryEstimate.kvTokenBytes(model.shape()) / attention / 1e3;
      console.note(
          String.format(
              "decode %5d %11.1f %9.2f %9.1f %15.2f %10.0f %% %8.1f",
              sequences,
              m.tokensPerSecond(),
              m.stepMicros() / 1e3,
              m.gigabytesPerSecond(),
              attention / 1e3,
              100 * share,
              kv));
      json.writeStartObject();
      json.writeNumberProperty("batch", sequences);
      json.writeNumberProperty("tokens_per_second", m.tokensPerSecond());
      json.writeNumberProperty("step_us", m.stepMicros());
      json.writeNumberProperty("gb_per_second", m.gigabytesPerSecond());
      json.writeNumberProperty("attention_us", attention);
      json.writeNumberProperty("attention_share", share);
      json.writeNumberProperty("kv_gb_per_second", kv);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    console.endJson(json);
  }

  /** Microseconds of each operation in one step. */
  private Map<String, Double> profile(Workload work) {
    int[] next = {0};
    int steps = work.steps().size();
    return times.measure(
        () -> model.forward(work.steps().get(next[0]++ % steps)), PROFILE_ROUNDS * steps);
  }
}
