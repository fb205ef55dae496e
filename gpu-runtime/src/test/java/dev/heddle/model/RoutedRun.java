package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/**
 * Steps that mix the base and three adapters, whole prompts, chunks of prompts and single tokens,
 * in batches of many sizes; and what routers count of them.
 */
final class RoutedRun {
  private static final int SEQUENCES = 4; // adapter rows 0 to 3, one each

  /** Tokens that each row has had. */
  private final long[] tokens = new long[SEQUENCES];

  private final MoeModel model;
  private final MixedBatch batch;
  private final Random random;

  RoutedRun(MoeModel model, long seed) {
    this.model = model;
    this.batch = new MixedBatch(model);
    this.random = new Random(seed);
  }

  /** Runs steps of up to {@code most} tokens of a sequence; some sequences sit a step out. */
  RoutedRun steps(int count, int most) {
    for (int step = 0; step < count; step++) {
      int any = random.nextInt(SEQUENCES);
      for (int s = 0; s < SEQUENCES; s++) {
        if (s == any || random.nextInt(3) > 0) {
          add(s, step % 2 == 0 ? 1 + random.nextInt(most) : 1);
        }
      }
      batch.run();
    }
    return this;
  }

  private void add(int sequence, int count) {
    int vocabulary = model.shape().vocabulary();
    batch.add(
        sequence, sequence, (int) tokens[sequence], random.ints(count, 0, vocabulary).toArray());
    tokens[sequence] += count;
  }

  /** The counters, after it is certain that none of a row's tokens is missing or too many. */
  int[] counters() {
    int[] counters = new int[model.routedCounters()];
    model.readRouted(counters);
    int routed = model.shape().experts().routed();
    int rows = model.limits().adapterRows();
    for (int layer = 0; layer < model.shape().moeLayers(); layer++) {
      for (int row = 0; row < rows; row++) {
        long sum = 0;
        for (int column = 0; column < routed; column++) {
          sum += counters[(layer * rows + row) * routed + column];
        }
        long expected = row < SEQUENCES ? tokens[row] * model.shape().experts().topK() : 0;
        assertThat(sum).as("MoE layer %d, row %d", layer, row).isEqualTo(expected);
      }
    }
    return counters;
  }
}
