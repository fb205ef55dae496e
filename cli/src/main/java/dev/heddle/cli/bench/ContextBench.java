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
import tools.jackson.core.JsonGenerator;

/**
 * Decoding of sequences that have many positions in the KV cache. The cache holds the KV of one
 * block of random tokens, copied to all others: other contents, the same memory to be read. One
 * thread.
 */
final class ContextBench {
  private static final List<Integer> SEQUENCES = List.of(1, 4);
  private static final long WARM_UP_NANOS = 4_000_000_000L;
  private static final long NANOS = 10_000_000_000L;

  private final MoeModel model;
  private final AttentionMeter meter;
  private final int context;

  /** Medians of steps, in microseconds. */
  private record Times(double step, double attention) {}

  private ContextBench(WeightSource source, Ops ops, ModelLimits limits, Progress progress) {
    meter = new AttentionMeter(ops);
    model = MoeModel.load(source, meter.ops(), limits, progress);
    context = limits.context();
  }

  /** What it takes in memory. */
  static long bytes(ModelShape shape, Precision precision, int context) {
    ModelLimits limits = limits(shape, precision, context);
    return MemoryEstimate.of(shape, limits).total(limits);
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
      measure(work, WARM_UP_NANOS);
      Times t = measure(work, NANOS);
      double perSecond = sequences * 1e6 / t.step;
      double kv = work.keys() * MemoryEstimate.kvTokenBytes(model.shape()) / t.attention / 1e3;
      console.note(
          String.format(
              "decode %5d %11.1f %9.2f %15.2f %10.0f %% %8.1f",
              sequences,
              perSecond,
              t.step / 1e3,
              t.attention / 1e3,
              100 * t.attention / t.step,
              kv));
      json.writeStartObject();
      json.writeNumberProperty("batch", sequences);
      json.writeNumberProperty("tokens_per_second", perSecond);
      json.writeNumberProperty("step_us", t.step);
      json.writeNumberProperty("attention_us", t.attention);
      json.writeNumberProperty("kv_gb_per_second", kv);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
    console.endJson(json);
  }

  private Times measure(Workload work, long nanos) {
    Gaps steps = new Gaps();
    Gaps attention = new Gaps();
    long start = System.nanoTime();
    for (int i = 0; i == 0 || System.nanoTime() - start < nanos; i++) {
      long attended = meter.nanos();
      long began = System.nanoTime();
      model.forward(work.steps().get(i % work.steps().size()));
      steps.add(System.nanoTime() - began);
      attention.add(meter.nanos() - attended);
    }
    return new Times(1e3 * steps.millis(0.5), 1e3 * attention.millis(0.5));
  }
}
