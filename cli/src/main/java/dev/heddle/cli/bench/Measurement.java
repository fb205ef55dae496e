package dev.heddle.cli.bench;

import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.MoeModel;
import dev.heddle.ops.WeightFormat;
import java.util.Arrays;

/**
 * How fast one workload runs.
 *
 * @param stepMicros median time of a step
 * @param bytes weights and KV that a step reads, on average over its different tokens
 */
record Measurement(Workload work, double stepMicros, double bytes) {
  private static final long WARM_UP_NANOS = 2_000_000_000L;
  private static final long ROUND_NANOS = 300_000_000L;
  private static final int ROUNDS = 7;

  static Measurement run(MoeModel model, SlotMeter meter, Workload work) {
    double slots =
        work.steps().stream()
            .mapToLong(step -> meter.count(() -> model.forward(step)))
            .average()
            .orElseThrow();
    round(model, work, WARM_UP_NANOS);
    double[] micros = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      micros[i] = round(model, work, ROUND_NANOS);
    }
    Arrays.sort(micros);
    double bytes =
        denseBytes(model.shape(), model)
            + slots * MemoryEstimate.slotBytes(model.shape(), model.limits().precision())
            + (double) work.keys() * MemoryEstimate.kvTokenBytes(model.shape());
    return new Measurement(work, micros[ROUNDS / 2], bytes);
  }

  /** Microseconds of a step, on average over a stretch of time. */
  private static double round(MoeModel model, Workload work, long nanos) {
    long start = System.nanoTime();
    long steps = 0;
    long took = 0;
    while (took < nanos || steps % work.steps().size() != 0) {
      model.forward(work.steps().get((int) (steps++ % work.steps().size())));
      took = System.nanoTime() - start;
      if (took > 4 * nanos) {
        break;
      }
    }
    return took / 1e3 / steps;
  }

  /** Everything but experts and the embedding, of which a step reads single rows. */
  private static double denseBytes(ModelShape shape, MoeModel model) {
    MemoryEstimate all = MemoryEstimate.of(shape, model.limits());
    long embedding = (long) shape.vocabulary() * shape.hidden();
    return all.weights() - WeightFormat.stored(shape.dtype()).bytes(embedding);
  }

  double tokensPerSecond() {
    return work.tokens() * 1e6 / stepMicros;
  }

  double gigabytesPerSecond() {
    return bytes / stepMicros / 1e3;
  }
}
