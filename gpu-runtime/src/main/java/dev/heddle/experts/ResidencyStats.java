package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.List;

/**
 * What the slots hold, as of about now.
 *
 * @param slots slots that adapters may use (the base's not counted)
 * @param freeSlots of these, ready to be filled
 * @param residents adapters that can answer, least recently used first
 * @param waiting adapters asked for and not yet resident, longest wait first
 * @param loads loads finished since boot
 * @param failures loads failed since boot
 * @param evictions adapters that left since boot
 */
public record ResidencyStats(
    int slots,
    int freeSlots,
    List<Resident> residents,
    List<Waiting> waiting,
    long loads,
    long failures,
    long evictions) {

  /**
   * A resident adapter.
   *
   * @param row its row of the expert map
   * @param ownSlots slots that only it uses
   * @param sharedSlots slots it shares with other adapters
   * @param residentFor time since it was installed
   * @param idleFor time since a lease was last taken or returned
   * @param leases sequences that use it now
   * @param loads times it was loaded, as far as remembered
   * @param hits leases that did not have to wait for a load
   * @param admitting false while it is about to leave
   */
  public record Resident(
      Digest adapter,
      int row,
      int ownSlots,
      int sharedSlots,
      Duration residentFor,
      Duration idleFor,
      int leases,
      long loads,
      long hits,
      boolean pinned,
      boolean admitting) {}

  /** An adapter asked for, how long ago, and how far it is: asked, opening, waiting for slots... */
  public record Waiting(Digest adapter, Duration waited, String stage) {}
}
