package dev.heddle.model;

/** Steps of several sequences at once; sequence s has the blocks from {@code s * share} on. */
final class MixedBatch {
  private final MoeModel model;
  private final StepBatch batch;
  private final int share;

  MixedBatch(MoeModel model) {
    this.model = model;
    this.batch = model.newBatch();
    this.share = model.limits().kvBlocks() / model.limits().sequences();
    for (int s = 0; s < batch.blockTables.length; s++) {
      for (int i = 0; i < Math.min(share, batch.blockTables[s].length); i++) {
        batch.blockTables[s][i] = s * share + i;
      }
    }
  }

  /** Adds tokens of a sequence from position {@code from} on; its last one's logits are wanted. */
  void add(int sequence, int adapterRow, int from, int... tokens) {
    int blockTokens = model.limits().blockTokens();
    for (int i = 0; i < tokens.length; i++) {
      int t = batch.tokenCount++;
      int position = from + i;
      batch.tokens[t] = tokens[i];
      batch.positions[t] = position;
      batch.adapters[t] = adapterRow;
      batch.sequences[t] = sequence;
      batch.kvSlots[t] =
          batch.blockTables[sequence][position / blockTokens] * blockTokens
              + position % blockTokens;
    }
    batch.logitTokens[batch.logitCount++] = batch.tokenCount - 1;
    batch.sequenceCount = Math.max(batch.sequenceCount, sequence + 1);
  }

  /** Runs the step; logits in the order of {@link #add}. */
  float[][] run() {
    model.forward(batch);
    float[][] logits = new float[batch.logitCount][model.shape().vocabulary()];
    for (int row = 0; row < logits.length; row++) {
      model.logits(row, logits[row]);
    }
    batch.clear();
    return logits;
  }
}
