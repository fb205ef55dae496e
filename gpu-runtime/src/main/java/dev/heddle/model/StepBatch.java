package dev.heddle.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The input of one forward pass, laid out for upload: arrays at their largest size, live counts
 * beside them. Filled and read by the step thread only.
 *
 * <p>Tokens of one sequence are consecutive and in rising position. A token's KV slot must lie in a
 * block of its sequence's row of {@link #blockTables}.
 */
public final class StepBatch {
  /** Live counts: how many of the entries below are used. */
  public int tokenCount;

  public int sequenceCount;
  public int logitCount;

  /** Per token: vocabulary id, absolute position, adapter row (0: base), sequence row, KV slot. */
  public final int[] tokens;

  public final int[] positions;
  public final int[] adapters;
  public final int[] sequences;
  public final int[] kvSlots;

  /** [token]: who takes the picks of the routers; null where they are not collected. */
  public final @Nullable RoutingSink[] routing;

  /** Per row of logits wanted: index of the token it follows. */
  public final int[] logitTokens;

  /** [sequence][i]: KV block holding positions i*blockTokens and up. */
  public final int[][] blockTables;

  public StepBatch(int maxTokens, int maxSequences, int maxLogits, int maxBlocks) {
    tokens = new int[maxTokens];
    positions = new int[maxTokens];
    adapters = new int[maxTokens];
    sequences = new int[maxTokens];
    kvSlots = new int[maxTokens];
    routing = new @Nullable RoutingSink[maxTokens];
    logitTokens = new int[maxLogits];
    blockTables = new int[maxSequences][maxBlocks];
  }

  /** Forgets everything, keeping the arrays. */
  public void clear() {
    Arrays.fill(routing, 0, tokenCount, null);
    tokenCount = 0;
    sequenceCount = 0;
    logitCount = 0;
  }
}
