package dev.heddle.model;

import dev.heddle.ops.Precision;

/**
 * How large the engine's buffers are, and its weights; everything is sized by it at boot.
 *
 * @param batchTokens most tokens of one forward pass
 * @param sequences most sequences of one forward pass
 * @param logitRows most rows of logits of one forward pass
 * @param kvBlocks blocks of the KV cache
 * @param blockTokens tokens of one KV block; also the tile of attention, so results depend on it in
 *     their last bits
 * @param context most positions of one sequence
 * @param slots expert slots, those of the base included
 * @param adapterRows rows of the expert map in a layer, row 0 (the base) included
 * @param precision what weights are kept as
 */
public record ModelLimits(
    int batchTokens,
    int sequences,
    int logitRows,
    int kvBlocks,
    int blockTokens,
    int context,
    int slots,
    int adapterRows,
    Precision precision) {
  /** Tokens of a KV block, everywhere. */
  public static final int BLOCK_TOKENS = 32;

  /** With weights as they are stored. */
  public ModelLimits(
      int batchTokens,
      int sequences,
      int logitRows,
      int kvBlocks,
      int blockTokens,
      int context,
      int slots,
      int adapterRows) {
    this(
        batchTokens,
        sequences,
        logitRows,
        kvBlocks,
        blockTokens,
        context,
        slots,
        adapterRows,
        Precision.STORED);
  }

  public ModelLimits {
    int smallest =
        Math.min(
            Math.min(Math.min(batchTokens, sequences), Math.min(logitRows, kvBlocks)),
            Math.min(Math.min(blockTokens, context), Math.min(slots, adapterRows)));
    if (smallest < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }

  /** Blocks that a sequence of the longest kind has. */
  public int blocksPerSequence() {
    return Math.ceilDiv(context, blockTokens);
  }
}
