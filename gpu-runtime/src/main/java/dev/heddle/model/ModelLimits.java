package dev.heddle.model;

/**
 * How large the engine's buffers are; everything is sized by it at boot.
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
 */
public record ModelLimits(
    int batchTokens,
    int sequences,
    int logitRows,
    int kvBlocks,
    int blockTokens,
    int context,
    int slots,
    int adapterRows) {
  /** Tokens of a KV block, everywhere. */
  public static final int BLOCK_TOKENS = 32;

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
