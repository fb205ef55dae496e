package dev.heddle.runtime;

import dev.heddle.model.RoutingSink;
import dev.heddle.model.StepBatch;
import dev.heddle.schedule.Sequence;
import dev.heddle.schedule.StepPlan;
import org.jspecify.annotations.Nullable;

/** Writes a plan out as the model's input; row i of the block tables is the plan's sequence i. */
final class StepBatches {
  private StepBatches() {}

  static void fill(StepBatch batch, StepPlan plan, int blockTokens) {
    batch.clear();
    for (int i = 0; i < plan.size(); i++) {
      Sequence sequence = plan.sequence(i);
      sequence.blocks().copyTo(batch.blockTables[i]);
      int end = sequence.computed() + plan.tokens(i);
      for (int position = sequence.computed(); position < end; position++) {
        add(batch, i, sequence, position, blockTokens);
      }
    }
    batch.sequenceCount = plan.size();
  }

  private static @Nullable RoutingSink routing(Sequence sequence) {
    return ((ActiveRequest) sequence.group()).generation().routingSink();
  }

  private static void add(
      StepBatch batch, int row, Sequence sequence, int position, int blockTokens) {
    int index = batch.tokenCount++;
    int block = sequence.blocks().get(position / blockTokens);
    batch.tokens[index] = sequence.token(position);
    batch.positions[index] = position;
    batch.routing[index] = sequence.isReached(position) ? null : routing(sequence);
    batch.adapters[index] = ((ActiveRequest) sequence.group()).adapterRow();
    batch.sequences[index] = row;
    batch.kvSlots[index] = block * blockTokens + position % blockTokens;
    if (sequence.wantsLogits(position)) {
      batch.logitTokens[batch.logitCount++] = index;
    }
  }
}
