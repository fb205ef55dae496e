package dev.heddle.app.api.residency;

import dev.heddle.experts.ResidencyStats;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.store.HostCache;
import dev.heddle.runtime.MemoryPlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Which adapters are resident, whose they are, and which wait for slots.
 *
 * @param slots slots that adapters may use
 * @param slotsFree of these, ready to be filled
 * @param slotBytes of one slot
 * @param loads since the start, as are failures and evictions
 * @param residents least recently used first
 * @param waiting longest wait first
 * @param pins every pinned version, resident or about to be
 * @param hostTier experts kept in memory between the store and the slots
 * @param otherwise what the resident adapters would take if they were held in other ways
 */
record ResidencyView(
    int slots,
    int slotsFree,
    long slotBytes,
    long loads,
    long failures,
    long evictions,
    List<ResidentView> residents,
    List<WaitingView> waiting,
    List<PinView> pins,
    HostCacheView hostTier,
    OtherwiseView otherwise) {

  /**
   * What the same adapters would take.
   *
   * @param paddedBytes with as many slots for each adapter in each layer as the widest of them
   *     needs in one layer
   * @param widest that number: the most experts that one of them tunes in one layer
   * @param mergedBytes with a whole model for each
   */
  record OtherwiseView(long paddedBytes, int widest, long mergedBytes) {
    static OtherwiseView of(int adapters, int widest, ModelShape shape, MemoryPlan memory) {
      return new OtherwiseView(
          memory.slotBytes() * adapters * shape.moeLayers() * widest,
          widest,
          adapters * (memory.weights() + memory.baseExpertBytes()));
    }
  }

  /**
   * An adapter in the slots.
   *
   * @param versions the ready versions that it is
   * @param ownSlots slots that only it uses
   * @param sharedSlots slots that others use too
   * @param bytes of all its slots
   * @param leases answers that use it now
   * @param loads times it was loaded, as far as remembered
   * @param hits answers that found it there
   * @param admitting false while it is about to leave
   */
  record ResidentView(
      String digest,
      List<HolderView> versions,
      int ownSlots,
      int sharedSlots,
      long bytes,
      Instant since,
      double idleSeconds,
      int leases,
      long loads,
      long hits,
      boolean pinned,
      boolean admitting) {}

  /** An adapter asked for and not resident yet; {@code stage} says how far it is. */
  record WaitingView(
      String digest, List<HolderView> versions, double waitedSeconds, String stage) {}

  /** A version and its owner. */
  record HolderView(String tenant, String version) {}

  /** A pinned version. */
  record PinView(String tenant, String version, String digest, boolean resident) {}

  static ResidencyView of(
      ResidencyStats stats,
      long slotBytes,
      Map<Digest, List<Holder>> holders,
      List<Holder> pins,
      HostCache.Stats hostTier,
      OtherwiseView otherwise) {
    return new ResidencyView(
        stats.slots(),
        stats.freeSlots(),
        slotBytes,
        stats.loads(),
        stats.failures(),
        stats.evictions(),
        stats.residents().stream().map(resident -> resident(resident, slotBytes, holders)).toList(),
        stats.waiting().stream().map(waiting -> waiting(waiting, holders)).toList(),
        pins.stream().map(pin -> pin(pin, stats)).toList(),
        HostCacheView.of(hostTier),
        otherwise);
  }

  private static ResidentView resident(
      ResidencyStats.Resident resident, long slotBytes, Map<Digest, List<Holder>> holders) {
    return new ResidentView(
        resident.adapter().qualified(),
        versions(resident.adapter(), holders),
        resident.ownSlots(),
        resident.sharedSlots(),
        slotBytes * (resident.ownSlots() + resident.sharedSlots()),
        Seconds.ago(resident.residentFor()),
        Seconds.of(resident.idleFor()),
        resident.leases(),
        resident.loads(),
        resident.hits(),
        resident.pinned(),
        resident.admitting());
  }

  private static WaitingView waiting(
      ResidencyStats.Waiting waiting, Map<Digest, List<Holder>> holders) {
    return new WaitingView(
        waiting.adapter().qualified(),
        versions(waiting.adapter(), holders),
        Seconds.of(waiting.waited()),
        waiting.stage());
  }

  private static PinView pin(Holder pin, ResidencyStats stats) {
    boolean resident =
        stats.residents().stream().anyMatch(there -> there.adapter().equals(pin.digest()));
    return new PinView(pin.tenant(), pin.version(), pin.digest().qualified(), resident);
  }

  private static List<HolderView> versions(Digest digest, Map<Digest, List<Holder>> holders) {
    return holders.getOrDefault(digest, List.of()).stream()
        .map(holder -> new HolderView(holder.tenant(), holder.version()))
        .toList();
  }
}
