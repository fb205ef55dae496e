package dev.heddle.runtime;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the process takes of a memory budget beside the engine's own; bytes.
 *
 * @param heap the Java heap at its largest
 * @param heapFollows whether the heap is a share of the budget, so that a larger budget has a
 *     larger one
 * @param jvm the rest of the JVM: classes, compiled code, the collector, threads, network buffers,
 *     the libraries themselves; as measured on a platform that serves
 * @param hostCache the cache of experts that were read lately; null for a share of the budget
 */
public record ProcessMemory(long heap, boolean heapFollows, long jvm, @Nullable Long hostCache) {
  /** Nothing but the engine, for whoever measures it alone. */
  public static final ProcessMemory NONE = new ProcessMemory(0, false, 0, 0L);

  private static final long MIB = 1 << 20;

  /** A heap that follows the budget is this share of it, within bounds; as in the launcher. */
  private static final int HEAP_SHARE = 8;

  private static final long HEAP_LEAST = 192 * MIB;
  private static final long HEAP_MOST = 1024 * MIB;

  /** Set by the launcher where nobody has chosen a heap. */
  private static final String FOLLOWS = "heddle.heap.follows";

  private static final int HOST_CACHE_SHARE = 16;

  /** With the serial collector, whose own tables are next to nothing. */
  private static final long JVM = 232 * MIB;

  /** What other collectors take more: a fixed part, and one of so many bytes of the heap. */
  private static final long COLLECTOR = 32 * MIB;

  private static final int COLLECTOR_SHARE = 64;

  /**
   * Of this JVM, as it was started.
   *
   * @param hostCache as {@link #hostCache()}
   */
  public static ProcessMemory ofThisJvm(@Nullable Long hostCache) {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long heap = Long.parseLong(vm.getVMOption("MaxHeapSize").getValue());
    boolean serial = Boolean.parseBoolean(vm.getVMOption("UseSerialGC").getValue());
    long collector = serial ? 0 : COLLECTOR + heap / COLLECTOR_SHARE;
    return new ProcessMemory(heap, Boolean.getBoolean(FOLLOWS), JVM + collector, hostCache);
  }

  /** The host cache under a budget. */
  public long hostCache(long budget) {
    return hostCache == null ? budget / HOST_CACHE_SHARE : hostCache;
  }

  /** All of it under a budget that this process was started with. */
  long beside(long budget) {
    return heap + jvm + hostCache(budget);
  }

  /** The least budget that leaves so many bytes to the engine. */
  long leastBudget(long engine) {
    long least = engine + beside(0);
    while (least < needed(engine, least)) {
      least = needed(engine, least);
    }
    return least;
  }

  /** What a process that is started with a budget takes, so many bytes for the engine included. */
  private long needed(long engine, long budget) {
    long share = Math.clamp(budget / HEAP_SHARE, HEAP_LEAST, HEAP_MOST);
    long larger = heapFollows ? Math.max(0, share - heap) : 0;
    return engine + beside(budget) + larger;
  }
}
