package dev.heddle.console.answers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server holds and does. */
public record Status(
    Model model,
    Plan memoryPlan,
    Engine runtime,
    @Nullable Device device,
    Slots residency,
    HostCache hostCache,
    Store store,
    Disk disk) {
  /** The base model, and what computes. */
  public record Model(String name, String digest, int maxContext, String backend, String weights) {}

  /** How the memory is spent. */
  public record Plan(
      long budgetBytes,
      String budgetSource,
      long weightBytes,
      long slotBytes,
      int baseSlots,
      int adapterSlots,
      long kvTokenBytes,
      int kvBlockTokens,
      int kvBlocks,
      long kvTokens,
      long workspaceBytes,
      long hostCacheBytes,
      long heapBytes,
      long jvmBytes,
      long totalBytes,
      @Nullable Long residentBytes) {
    /** Of all slots, the base's included. */
    public long allSlotBytes() {
      return slotBytes * (baseSlots + adapterSlots);
    }

    /** Of all KV blocks. */
    public long kvBytes() {
      return kvTokenBytes * kvTokens;
    }
  }

  /** The engine's gauges and counters. */
  public record Engine(
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
      long tokensDecoded) {}

  /** An accelerator. */
  public record Device(String name, long memoryBytes, long passes, double passSeconds) {}

  /** Slots that adapters may use. */
  public record Slots(
      int slots, int slotsFree, long loads, long failures, long evictions, List<Waiting> waiting) {}

  /** An adapter that waits for slots. */
  public record Waiting(String digest, double waitedSeconds, String stage) {}

  /** Experts kept in memory beside the slots. */
  public record HostCache(
      long budgetBytes, long bytes, int experts, long hits, long misses, long evictions) {}

  /** The disk that the data folder is on. */
  public record Disk(long freeBytes, long totalBytes) {
    /** Whether less than a tenth is free. */
    public boolean nearlyFull() {
      return freeBytes * 10 < totalBytes;
    }
  }

  /** Experts on disk. */
  public record Store(long blobs, long bytes, long collections, long removed, long removedBytes) {}
}
