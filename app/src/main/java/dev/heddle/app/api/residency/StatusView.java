package dev.heddle.app.api.residency;

import dev.heddle.experts.ResidencyStats;
import dev.heddle.ops.DeviceStats;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.runtime.MemoryPlan;
import dev.heddle.runtime.RuntimeStats;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server holds and does at this moment. */
record StatusView(
    ModelView model,
    PlanView memoryPlan,
    RuntimeView runtime,
    @Nullable DeviceView device,
    EngineResidencyView residency,
    HostCacheView hostCache,
    StoreView store,
    DiskView disk) {
  /** The base model that is served; {@code weights} are kept {@code stored} or {@code int8}. */
  record ModelView(String name, String digest, int maxContext, String backend, String weights) {}

  /**
   * How the memory budget is spent, in bytes where not said otherwise; {@code resident_bytes} is
   * what the process has of the machine's memory at this moment.
   */
  record PlanView(
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
    static PlanView of(MemoryPlan plan) {
      return new PlanView(
          plan.budget(),
          plan.source().strip(),
          plan.weights(),
          plan.slotBytes(),
          plan.baseSlots(),
          plan.adapterSlots(),
          plan.kvTokenBytes(),
          plan.blockTokens(),
          plan.kvBlocks(),
          plan.kvTokens(),
          plan.workspace(),
          plan.hostCache(),
          plan.heap(),
          plan.jvm(),
          plan.total(),
          ResidentMemory.bytes());
    }
  }

  /** The engine's gauges, and its counters since its start. */
  record RuntimeView(
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
      long tokensDecoded) {
    static RuntimeView of(RuntimeStats stats) {
      return new RuntimeView(
          stats.queueDepth(),
          stats.running(),
          stats.preempted(),
          stats.kvBlocks(),
          stats.kvBlocksUsed(),
          stats.kvBlocksFree(),
          stats.kvBlocksCached(),
          stats.slots(),
          stats.slotsUsed(),
          stats.residentAdapters(),
          stats.prefixHitTokens(),
          stats.preemptions(),
          stats.steps(),
          stats.tokensPrefilled(),
          stats.tokensDecoded());
    }
  }

  /** What the engine's device did since its start; null where processors do the work. */
  record DeviceView(
      String name,
      long memoryBytes,
      long passes,
      double passSeconds,
      long inputBytes,
      long outputBytes,
      long fills,
      long fillBytes) {
    static @Nullable DeviceView of(@Nullable DeviceStats stats) {
      return stats == null
          ? null
          : new DeviceView(
              stats.device(),
              stats.memory(),
              stats.passes(),
              stats.passNanos() / 1e9,
              stats.inputBytes(),
              stats.outputBytes(),
              stats.fills(),
              stats.fillBytes());
    }
  }

  /** The engine's slots, and which adapters are in them or wait for them. */
  record EngineResidencyView(
      int slots,
      int slotsFree,
      long loads,
      long failures,
      long evictions,
      List<ResidentView> residents,
      List<WaitingView> waiting) {
    static EngineResidencyView of(ResidencyStats stats) {
      return new EngineResidencyView(
          stats.slots(),
          stats.freeSlots(),
          stats.loads(),
          stats.failures(),
          stats.evictions(),
          stats.residents().stream().map(ResidentView::of).toList(),
          stats.waiting().stream().map(WaitingView::of).toList());
    }
  }

  /** An adapter in the slots. */
  record ResidentView(
      String digest,
      int ownSlots,
      int sharedSlots,
      double residentSeconds,
      double idleSeconds,
      int leases,
      long loads,
      long hits,
      boolean pinned) {
    private static ResidentView of(ResidencyStats.Resident resident) {
      return new ResidentView(
          resident.adapter().qualified(),
          resident.ownSlots(),
          resident.sharedSlots(),
          seconds(resident.residentFor()),
          seconds(resident.idleFor()),
          resident.leases(),
          resident.loads(),
          resident.hits(),
          resident.pinned());
    }
  }

  /** An adapter whose load waits for slots or for the disk. */
  record WaitingView(String digest, double waitedSeconds, String stage) {
    private static WaitingView of(ResidencyStats.Waiting waiting) {
      return new WaitingView(
          waiting.adapter().qualified(), seconds(waiting.waited()), waiting.stage());
    }
  }

  /** The disk that the data folder is on. */
  record DiskView(long freeBytes, long totalBytes) {
    static DiskView of(Path folder) {
      File disk = folder.toFile();
      return new DiskView(disk.getUsableSpace(), disk.getTotalSpace());
    }
  }

  /** What is stored, as of the last collection; what was removed, since the start. */
  record StoreView(long blobs, long bytes, long collections, long removed, long removedBytes) {
    static StoreView of(GarbageCollector.Stats stats) {
      return new StoreView(
          stats.blobs(), stats.bytes(), stats.runs(), stats.removed(), stats.removedBytes());
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
