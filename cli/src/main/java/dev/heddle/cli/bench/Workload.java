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
 * @param prompt tokens of the prompts that the steps compute, 0 for decoding
 * @param keys of KV that a step reads, over all sequences, on average
 */
record Workload(
    int sequences, int adapters, int tokens, int prompt, long keys, List<StepBatch> steps) {
  static final int PREFILL_TOKENS = 512;

  /** A prompt that takes several steps. */
  static final int LONG_PROMPT_TOKENS = 2048;

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

  /** One prompt of {@link #LONG_PROMPT_TOKENS}, a step for each {@link #PREFILL_TOKENS}. */
  static Workload longPrompt(MoeModel model) {
    Random random = new Random(1);
    List<StepBatch> steps = new ArrayList<>();
    for (int from = 0; from < LONG_PROMPT_TOKENS; from += PREFILL_TOKENS) {
      StepBatch batch = model.newBatch();
      batch.sequenceCount = 1;
      fill(batch, 0, 0, from, PREFILL_TOKENS, random, model);
      steps.add(batch);
    }
    int keys = (LONG_PROMPT_TOKENS + PREFILL_TOKENS) / 2;
    return new Workload(1, 0, PREFILL_TOKENS, LONG_PROMPT_TOKENS, keys, steps);
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
        sequences,
        adapters,
        sequences * count,
        count == 1 ? 0 : sequences * count,
        (long) sequences * (from + count),
        steps);
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

  /** Tokens of the prompts, or sequences that decode. */
  int size() {
    return prompt > 0 ? prompt : sequences;
  }

  /** KV blocks that any workload with so many sequences needs. */
  static int blocks(int sequences) {
    int decode = sequences * Math.ceilDiv(DECODE_POSITION + 1, ModelLimits.BLOCK_TOKENS);
    return decode + LONG_PROMPT_TOKENS / ModelLimits.BLOCK_TOKENS + sequences;
  }
}
