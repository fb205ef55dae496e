package dev.heddle.runtime;

import dev.heddle.format.model.ModelShape;

/**
 * How the memory budget is spent; bytes unless said otherwise.
 *
 * @param budget what may be used in all
 * @param source where the budget comes from, in words
 * @param weights the base model without its experts
 * @param slotBytes one expert slot
 * @param baseSlots slots that the base's experts take
 * @param adapterSlots slots for adapters' experts
 * @param kvTokenBytes one token's KV in all layers
 * @param blockTokens tokens of a KV block
 * @param kvBlocks KV blocks
 * @param workspace buffers of the forward pass
 * @param hostCache experts that were read lately; like all below, 0 where the budget is a device's
 * @param heap the Java heap at its largest
 * @param jvm the rest of the JVM
 */
public record MemoryPlan(
    long budget,
    String source,
    long weights,
    long slotBytes,
    int baseSlots,
    int adapterSlots,
    long kvTokenBytes,
    int blockTokens,
    int kvBlocks,
    long workspace,
    long hostCache,
    long heap,
    long jvm) {

  /** Share of the container's limit, or of the machine's memory, used unless a budget is given. */
  public static final double DEFAULT_SHARE = 0.7;

  /** Share of a device's memory, which nobody else uses; the rest is its driver's, and padding. */
  public static final double DEVICE_SHARE = 0.85;

  /**
   * The plan for a model in this process's own memory.
   *
   * @throws IllegalArgumentException if the budget does not hold the model; says what would
   */
  public static MemoryPlan of(RuntimeConfig config, ModelShape shape) {
    return MemoryPlanner.plan(config, shape, 0, Integer.MAX_VALUE);
  }

  /** The budget of a process that is given none. */
  public static long defaultBudget() {
    return (long) (DEFAULT_SHARE * MemoryPlanner.memoryLimit());
  }

  /** Tokens that fit the KV blocks. */
  public long kvTokens() {
    return (long) kvBlocks * blockTokens;
  }

  public long baseExpertBytes() {
    return baseSlots * slotBytes;
  }

  public long adapterBytes() {
    return adapterSlots * slotBytes;
  }

  public long kvBytes() {
    return kvTokens() * kvTokenBytes;
  }

  /** What the plan commits, at most the budget. */
  public long total() {
    long engine = weights + baseExpertBytes() + adapterBytes() + kvBytes() + workspace;
    return engine + hostCache + heap + jvm;
  }

  /** The plan as a small table for people. */
  public String table() {
    StringBuilder out = new StringBuilder("memory plan: ").append(mib(budget)).append(source);
    line(out, "weights", weights, "without experts");
    line(out, "base experts", baseExpertBytes(), baseSlots + " slots");
    line(out, "adapter experts", adapterBytes(), adapterSlots + " slots");
    line(out, "KV cache", kvBytes(), kvTokens() + " tokens in " + kvBlocks + " blocks");
    line(out, "workspace", workspace, "one step's buffers");
    if (heap > 0) {
      line(out, "host cache", hostCache, "experts that were read lately");
      line(out, "Java heap", heap, "at most");
      line(out, "JVM", jvm, "classes, compiled code, threads, network buffers");
    }
    line(out, "total", total(), "of the budget");
    if (heap > 0) {
      out.append("; all of this process. An embedded PostgreSQL is another, beside the plan");
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String name, long bytes, String what) {
    out.append(String.format("%n  %-16s %14s  %s", name, mib(bytes).strip(), what));
  }

  private static String mib(long bytes) {
    return String.format("%,.1f MiB ", bytes / 1048576.0);
  }
}
