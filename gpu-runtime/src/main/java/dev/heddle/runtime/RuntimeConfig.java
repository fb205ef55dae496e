package dev.heddle.runtime;

import dev.heddle.ops.Precision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a runtime is set up, fixed at its start.
 *
 * @param backend {@code auto}, {@code tornado}, {@code vector}, {@code onednn} or {@code reference}
 * @param threads worker threads of the backend, 0 for one a processor
 * @param precision what weights are kept as
 * @param memoryBudget bytes the process may use in all, 0 for a share of the container's limit or
 *     of the machine's memory ({@link MemoryPlan#DEFAULT_SHARE}); of the device's, where the
 *     backend has one ({@link MemoryPlan#DEVICE_SHARE})
 * @param maxBatchTokens most tokens a step computes; longer prompts are computed in chunks
 * @param maxSequences most choices in flight, &le; maxBatchTokens
 * @param logitRows most rows of logits a step computes, &ge; maxSequences; limits how fast prompts
 *     are scored
 * @param queueLimit most requests that wait for admission
 * @param queueWait how long a request that has its adapter waits for admission at most, 0 for ever
 * @param loadWait how long a request waits for its adapter
 * @param maxContext most tokens of prompt and output together, 0 for the checkpoint's own limit
 * @param adapterRows most adapters resident at once
 * @param adapterSlots expert slots for adapters, all of them certain to be there; 0 for a share of
 *     what the model leaves of the budget
 * @param loadThreads how many experts are read and written to slots at a time
 * @param tenantWeight share of a tenant relative to others', &gt; 0; asked with each request, on
 *     the step thread, and used from then on
 * @param process what the process takes of the budget beside the engine; nothing of a device's
 */
public record RuntimeConfig(
    String backend,
    int threads,
    Precision precision,
    long memoryBudget,
    int maxBatchTokens,
    int maxSequences,
    int logitRows,
    int queueLimit,
    Duration queueWait,
    Duration loadWait,
    int maxContext,
    int adapterRows,
    int adapterSlots,
    int loadThreads,
    ToDoubleFunction<String> tenantWeight,
    ProcessMemory process) {

  /** A row of 102,400 logits takes 400 KiB. */
  private static final int MOST_SCORED_ROWS = 256;

  /** Equal shares for all tenants, everything else as it suits a small machine. */
  public static RuntimeConfig defaults() {
    return new RuntimeConfig(
        "auto",
        0,
        Precision.STORED,
        0,
        256,
        64,
        logitRows(256, 64),
        1024,
        Duration.ZERO,
        Duration.ofSeconds(30),
        0,
        64,
        0,
        2,
        tenant -> 1,
        ProcessMemory.ofThisJvm(0L));
  }

  /** As many rows as prompts are scored with in steps full of tokens, within reason. */
  public static int logitRows(int maxBatchTokens, int maxSequences) {
    return Math.max(maxSequences, Math.min(maxBatchTokens, MOST_SCORED_ROWS));
  }

  /**
   * @throws IllegalArgumentException naming every value that is out of range
   */
  public RuntimeConfig {
    List<String> faults = new ArrayList<>();
    check(faults, threads >= 0, "threads must not be negative: " + threads);
    check(faults, memoryBudget >= 0, "memoryBudget must not be negative: " + memoryBudget);
    check(faults, maxSequences >= 1, "maxSequences must be at least 1: " + maxSequences);
    check(
        faults,
        maxBatchTokens >= maxSequences,
        "maxBatchTokens must be at least maxSequences: " + maxBatchTokens);
    check(
        faults, logitRows >= maxSequences, "logitRows must be at least maxSequences: " + logitRows);
    check(faults, queueLimit >= 1, "queueLimit must be at least 1: " + queueLimit);
    check(faults, !queueWait.isNegative(), "queueWait must not be negative: " + queueWait);
    check(faults, !loadWait.isNegative(), "loadWait must not be negative: " + loadWait);
    check(faults, maxContext >= 0, "maxContext must not be negative: " + maxContext);
    check(faults, adapterRows >= 0, "adapterRows must not be negative: " + adapterRows);
    check(faults, adapterSlots >= 0, "adapterSlots must not be negative: " + adapterSlots);
    check(
        faults,
        adapterSlots == 0 || adapterRows > 0,
        "adapterSlots are of no use without adapterRows: " + adapterSlots);
    check(faults, loadThreads >= 1, "loadThreads must be at least 1: " + loadThreads);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  private static void check(List<String> faults, boolean holds, String message) {
    if (!holds) {
      faults.add(message);
    }
  }
}
