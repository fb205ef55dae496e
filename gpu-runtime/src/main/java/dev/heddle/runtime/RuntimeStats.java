package dev.heddle.runtime;

import dev.heddle.ops.DeviceStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime is doing and has done, as of one moment; counts are since its start.
 *
 * @param queueDepth requests that wait for admission
 * @param running choices in flight
 * @param preempted choices that gave up their blocks and wait to be computed again
 * @param kvBlocks KV blocks in all: used + free
 * @param kvBlocksUsed blocks that a choice refers to
 * @param kvBlocksFree blocks that can be taken
 * @param kvBlocksCached those of the free ones that hold a prefix somebody may ask for
 * @param slots expert slots in all
 * @param slotsUsed slots that hold an expert
 * @param residentAdapters adapters in the expert map
 * @param prefixHitTokens prompt tokens found in the prefix cache
 * @param preemptions times a choice gave up its blocks
 * @param steps forward passes
 * @param tokensPrefilled prompt tokens computed, recomputed ones included
 * @param tokensDecoded output tokens
 * @param stepTimes how long steps took
 * @param outputNanos of these, for what becomes of logits: scores of prompts, tokens drawn
 * @param device what the backend's device did; null where processors do the work
 */
public record RuntimeStats(
    int queueDepth,
    int running,
    int preempted,
    int kvBlocks,
    int kvBlocksUsed,
    int kvBlocksFree,
    int kvBlocksCached,
    int slots,
    int slotsUsed,
    int residentAdapters,
    long prefixHitTokens,
    long preemptions,
    long steps,
    long tokensPrefilled,
    long tokensDecoded,
    Histogram stepTimes,
    long outputNanos,
    @Nullable DeviceStats device) {

  /** Share of the KV blocks that a choice refers to, 0 to 1. */
  public double kvUse() {
    return kvBlocks == 0 ? 0 : (double) kvBlocksUsed / kvBlocks;
  }

  /**
   * Durations by bucket.
   *
   * @param boundsNanos upper bounds of all buckets but the last, which has none
   * @param counts observations in each bucket, one entry more than bounds
   * @param sumNanos all observations added up
   */
  public record Histogram(List<Long> boundsNanos, List<Long> counts, long sumNanos) {
    public Histogram {
      boundsNanos = List.copyOf(boundsNanos);
      counts = List.copyOf(counts);
    }
  }
}
