package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;

/** A step's inputs on the backend, live counts among them. */
final class BatchInputs {
  private final Ops ops;
  private final ModelShape shape;
  private final ModelLimits limits;
  private final int[] countsHost = new int[2];
  final RoutingTap tap;

  final Tensor tokens;
  final Tensor positions;
  final Tensor adapters;
  final Tensor sequences;
  final Tensor kvSlots;
  final Tensor logitTokens;
  final Tensor blockTables;

  /** Rows of per-token tensors, and of those that lead to logits. */
  final Rows tokenRows;

  final Rows logitRows;

  BatchInputs(Ops ops, ModelShape shape, ModelLimits limits) {
    this.ops = ops;
    this.shape = shape;
    this.limits = limits;
    tap = new RoutingTap(ops, Router.rule(shape.experts()));
    int batch = limits.batchTokens();
    tokens = ops.ints("tokens", batch, 1);
    positions = ops.ints("positions", batch, 1);
    adapters = ops.ints("adapters", batch, 1);
    sequences = ops.ints("sequences", batch, 1);
    kvSlots = ops.ints("kv slots", batch, 1);
    logitTokens = ops.ints("logit tokens", limits.logitRows(), 1);
    blockTables = ops.ints("block tables", limits.sequences(), limits.blocksPerSequence());
    Tensor counts = ops.ints("counts", 1, 2);
    tokenRows = new Rows(counts, 0);
    logitRows = new Rows(counts, 1);
  }

  /** Checks a batch, since backends index memory by it, and copies it over. */
  void upload(StepBatch batch) {
    check(batch);
    tap.begin(batch);
    countsHost[0] = batch.tokenCount;
    countsHost[1] = batch.logitCount;
    ops.write(tokenRows.counts(), countsHost, 2);
    ops.write(tokens, batch.tokens, batch.tokenCount);
    ops.write(positions, batch.positions, batch.tokenCount);
    ops.write(adapters, batch.adapters, batch.tokenCount);
    ops.write(sequences, batch.sequences, batch.tokenCount);
    ops.write(kvSlots, batch.kvSlots, batch.tokenCount);
    ops.write(logitTokens, batch.logitTokens, batch.logitCount);
    for (int s = 0; s < batch.sequenceCount; s++) {
      ops.writeRow(blockTables, s, batch.blockTables[s]);
    }
  }

  private void check(StepBatch batch) {
    within("token count", batch.tokenCount, limits.batchTokens() + 1);
    within("sequence count", batch.sequenceCount, limits.sequences() + 1);
    within("logit count", batch.logitCount, limits.logitRows() + 1);
    for (int t = 0; t < batch.tokenCount; t++) {
      within("token", batch.tokens[t], shape.vocabulary());
      within("adapter row", batch.adapters[t], limits.adapterRows());
      within("sequence", batch.sequences[t], batch.sequenceCount);
      within("position", batch.positions[t], limits.context());
      int position = batch.positions[t];
      int block = batch.blockTables[batch.sequences[t]][position / limits.blockTokens()];
      within("KV block", block, limits.kvBlocks());
      int slot = block * limits.blockTokens() + position % limits.blockTokens();
      if (batch.kvSlots[t] != slot) {
        throw new IllegalArgumentException(
            "KV slot " + batch.kvSlots[t] + " of position " + position + " should be " + slot);
      }
    }
    for (int r = 0; r < batch.logitCount; r++) {
      within("logit token", batch.logitTokens[r], batch.tokenCount);
    }
  }

  private static void within(String what, int value, int bound) {
    if (value < 0 || value >= bound) {
      throw new IllegalArgumentException(what + " " + value + " is not in 0.." + (bound - 1));
    }
  }
}
