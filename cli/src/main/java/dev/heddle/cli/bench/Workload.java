package dev.heddle.cli.bench;

import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.StepBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Steps of one kind, with different random tokens, so that no step finds the experts of the one
 * before it in the caches.
 *
 * @param sequences in a step
 * @param adapters distinct ones among them, 0 for the base alone
 * @param tokens of a step
 * @param keys of KV that a step reads, over all sequences
 */
record Workload(int sequences, int adapters, int tokens, long keys, List<StepBatch> steps) {
  static final int PREFILL_TOKENS = 512;
  static final int DECODE_POSITION = 127;
  private static final int DECODE_STEPS = 16;
  private static final int PREFILL_STEPS = 4; // each meets nearly every expert anyway

  /** One token of each sequence, after {@link #DECODE_POSITION} others. */
  static Workload decode(MoeModel model, int sequences, int adapters) {
    return decode(model, sequences, adapters, DECODE_POSITION);
  }

  /** One token of each sequence, after so many others. */
  static Workload decode(MoeModel model, int sequences, int adapters, int after) {
    return of(model, sequences, adapters, after, 1);
  }

  /** {@link #PREFILL_TOKENS} tokens of prompts, at least one for each adapter. */
  static Workload prefill(MoeModel model, int adapters) {
    int sequences = Math.max(1, adapters);
    return of(model, sequences, adapters, 0, PREFILL_TOKENS / sequences);
  }

  private static Workload of(MoeModel model, int sequences, int adapters, int from, int count) {
    Random random = new Random(sequences);
    List<StepBatch> steps = new ArrayList<>();
    for (int step = 0; step < (count == 1 ? DECODE_STEPS : PREFILL_STEPS); step++) {
      StepBatch batch = model.newBatch();
      batch.sequenceCount = sequences;
      for (int s = 0; s < sequences; s++) {
        int adapter = adapters == 0 ? 0 : 1 + s % adapters;
        fill(batch, s, adapter, from, count, random, model);
      }
      steps.add(batch);
    }
    return new Workload(
        sequences, adapters, sequences * count, (long) sequences * (from + count), steps);
  }

  private static void fill(
      StepBatch batch,
      int sequence,
      int adapter,
      int from,
      int count,
      Random random,
      MoeModel model) {
    int blocks = Math.ceilDiv(from + count, ModelLimits.BLOCK_TOKENS);
    for (int b = 0; b < blocks; b++) {
      batch.blockTables[sequence][b] = sequence * blocks + b;
    }
    for (int position = from; position < from + count; position++) {
      int t = batch.tokenCount++;
      int block = batch.blockTables[sequence][position / ModelLimits.BLOCK_TOKENS];
      batch.tokens[t] = random.nextInt(model.shape().vocabulary());
      batch.positions[t] = position;
      batch.adapters[t] = adapter;
      batch.sequences[t] = sequence;
      batch.kvSlots[t] = block * ModelLimits.BLOCK_TOKENS + position % ModelLimits.BLOCK_TOKENS;
    }
    batch.logitTokens[batch.logitCount++] = batch.tokenCount - 1;
  }

  /** KV blocks that any workload with so many sequences needs. */
  static int blocks(int sequences) {
    int decode = sequences * Math.ceilDiv(DECODE_POSITION + 1, ModelLimits.BLOCK_TOKENS);
    return decode + PREFILL_TOKENS / ModelLimits.BLOCK_TOKENS + sequences;
  }
}
