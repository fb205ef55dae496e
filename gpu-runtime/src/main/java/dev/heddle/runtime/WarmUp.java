package dev.heddle.runtime;

import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.StepBatch;

/**
 * Steps of a made-up sequence before the first request, so that kernels are compiled for the
 * model's own shapes. What they write to the KV cache is never read: a sequence reads only what it
 * wrote itself, or what the prefix cache knows.
 */
final class WarmUp {
  private static final int[] BATCHES = {1, 4, 7, 64};
  private static final int ROUNDS = 40;
  private static final long MOST_NANOS = 1_500_000_000L;

  private WarmUp() {}

  /** Runs until all rounds or the time are over; a step that has begun is finished. */
  static void run(MoeModel model) {
    ModelLimits limits = model.limits();
    int blocks = Math.min(limits.kvBlocks(), limits.blocksPerSequence());
    int most =
        Math.min(limits.batchTokens(), Math.min(limits.context(), blocks * limits.blockTokens()));
    StepBatch batch = model.newBatch();
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      for (int tokens : BATCHES) {
        if (System.nanoTime() - start > MOST_NANOS) {
          return;
        }
        fill(batch, Math.min(tokens, most), limits.blockTokens());
        model.forward(batch);
      }
    }
  }

  /** The first tokens of a sequence, in the first blocks. */
  private static void fill(StepBatch batch, int tokens, int blockTokens) {
    batch.clear();
    batch.sequenceCount = 1;
    for (int i = 0; i < tokens; i++) {
      batch.blockTables[0][i / blockTokens] = i / blockTokens;
      batch.positions[i] = i;
      batch.kvSlots[i] = i;
    }
    batch.tokenCount = tokens;
    batch.logitTokens[0] = tokens - 1;
    batch.logitCount = 1;
  }
}
