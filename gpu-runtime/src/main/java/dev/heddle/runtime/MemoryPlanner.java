package dev.heddle.runtime;

import com.sun.management.OperatingSystemMXBean;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import java.lang.management.ManagementFactory;

/**
 * Divides a memory budget: what the base model and a step's buffers need comes first, then the KV
 * cache and the adapters' expert slots share what remains, each up to what could be of use.
 */
final class MemoryPlanner {
  private static final long MIB = 1 << 20;

  /** Of what remains, adapters get this share and KV the rest. */
  private static final double ADAPTER_SHARE = 0.5;

  /** KV and adapters of a small model take no more than this each, or than twice the model. */
  private static final long SMALL = 256 * MIB;

  /** Adapters tune about a quarter of the experts at most (arXiv 2407.01906, section 4). */
  private static final int TUNED_SHARE = 4;

  private MemoryPlanner() {}

  /** Most tokens of a sequence: what the configuration asks for, within the checkpoint's limit. */
  static int context(RuntimeConfig config, ModelShape shape) {
    return config.maxContext() == 0
        ? shape.maxContext()
        : Math.min(config.maxContext(), shape.maxContext());
  }

  /**
   * @param device bytes of the device that everything is to lie on, 0 for the process's own memory
   * @param maxSlots most expert slots that the backend takes
   * @throws IllegalArgumentException if the budget does not hold the process itself, the base
   *     model, one full context of KV (or one full step's, if that is less), the buffers and the
   *     slots that are asked for; says what would
   */
  static MemoryPlan plan(RuntimeConfig config, ModelShape shape, long device, int maxSlots) {
    long limit = device > 0 ? device : memoryLimit();
    double share = device > 0 ? MemoryPlan.DEVICE_SHARE : MemoryPlan.DEFAULT_SHARE;
    String whose = device > 0 ? "the device" : "this machine or container";
    if (config.memoryBudget() == 0) {
      String source = "%.0f %% of the %,d MiB of %s".formatted(100 * share, limit / MIB, whose);
      return plan(config, shape, (long) (limit * share), source, device > 0, maxSlots);
    }
    if (device > 0 && config.memoryBudget() > device) {
      throw new IllegalArgumentException(
          "a memory budget of %,d bytes is more than the %,d bytes of the device"
              .formatted(config.memoryBudget(), device));
    }
    String source = device > 0 ? "of the device's, as configured" : "as configured";
    return plan(config, shape, config.memoryBudget(), source, device > 0, maxSlots);
  }

  private static MemoryPlan plan(
      RuntimeConfig config,
      ModelShape shape,
      long budget,
      String source,
      boolean device,
      int maxSlots) {
    int baseSlots = MemoryEstimate.baseSlots(shape);
    MemoryEstimate estimate = MemoryEstimate.of(shape, limits(config, shape, 1, baseSlots));
    long base = estimate.weights() + baseSlots * estimate.slot();
    ProcessMemory process = device ? ProcessMemory.NONE : config.process();
    long blockBytes = estimate.kvToken() * ModelLimits.BLOCK_TOKENS;
    int context = context(config, shape);
    long leastBlocks = blocks(Math.min(context, config.maxBatchTokens()));
    long asked = config.adapterSlots() * estimate.slot();
    long fixed = base + estimate.workspace() + leastBlocks * blockBytes + asked;
    long remaining = budget - fixed - process.beside(budget);
    if (remaining < 0) {
      throw new IllegalArgumentException(
          "a memory budget of %,d bytes (%s) does not hold the model: the least that does is %dMB (%,d bytes for the base model, %,d for buffers, %,d for the least KV cache%s%s)"
              .formatted(
                  budget,
                  source,
                  Math.ceilDiv(process.leastBudget(fixed), MIB),
                  base,
                  estimate.workspace(),
                  leastBlocks * blockBytes,
                  asked == 0 ? "" : ", %,d for adapters".formatted(asked),
                  device ? "" : beside(process)));
    }
    long most = Math.max(SMALL, 2 * base);
    long adapterSlots = config.adapterSlots();
    if (adapterSlots > maxSlots - baseSlots) {
      throw new IllegalArgumentException(
          "%d slots for adapters beside the base's %d are more than the %d that the backend has"
              .formatted(adapterSlots, baseSlots, maxSlots));
    }
    if (adapterSlots == 0) {
      long room = Math.min(most, (long) (remaining * ADAPTER_SHARE));
      adapterSlots = usefulSlots(config, baseSlots, room / estimate.slot(), maxSlots);
      remaining -= adapterSlots * estimate.slot();
    }
    long kvBlocks =
        Math.min(
            leastBlocks + Math.min(remaining, most) / blockBytes,
            (long) config.maxSequences() * blocks(context));
    return new MemoryPlan(
        budget,
        source,
        estimate.weights(),
        estimate.slot(),
        baseSlots,
        Math.toIntExact(adapterSlots),
        estimate.kvToken(),
        ModelLimits.BLOCK_TOKENS,
        Math.toIntExact(Math.min(kvBlocks, Integer.MAX_VALUE / ModelLimits.BLOCK_TOKENS)),
        estimate.workspace(),
        process.hostCache(budget),
        process.heap(),
        process.jvm());
  }

  /** Slots that share the budget with KV, as many as could be of use. */
  private static long usefulSlots(RuntimeConfig config, int baseSlots, long room, int maxSlots) {
    if (config.adapterRows() == 0) {
      return 0;
    }
    long useful = Math.max(baseSlots, (long) config.adapterRows() * baseSlots / TUNED_SHARE);
    return Math.min(Math.min(room, useful), Math.max(0, maxSlots - baseSlots));
  }

  private static String beside(ProcessMemory process) {
    return ", %,d for the Java heap, %,d for the rest of the JVM, and the host cache"
        .formatted(process.heap(), process.jvm());
  }

  /** The model's buffers under a plan. */
  static ModelLimits limits(RuntimeConfig config, ModelShape shape, MemoryPlan plan) {
    return limits(config, shape, plan.kvBlocks(), plan.baseSlots() + plan.adapterSlots());
  }

  private static ModelLimits limits(
      RuntimeConfig config, ModelShape shape, int kvBlocks, int slots) {
    return new ModelLimits(
        config.maxBatchTokens(),
        config.maxSequences(),
        config.logitRows(),
        kvBlocks,
        ModelLimits.BLOCK_TOKENS,
        context(config, shape),
        slots,
        config.adapterRows() + 1,
        config.precision());
  }

  private static long blocks(int tokens) {
    return Math.ceilDiv(tokens, ModelLimits.BLOCK_TOKENS);
  }

  /** Physical memory, or the container's limit where there is one. */
  static long memoryLimit() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
