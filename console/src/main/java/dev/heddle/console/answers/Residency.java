package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;

/** What sits in the slots, and whose it is. */
public record Residency(
    int slots,
    int slotsFree,
    long slotBytes,
    long loads,
    long failures,
    long evictions,
    List<Held> residents,
    List<Waiting> waiting,
    List<Pin> pins) {
  /** An adapter in the slots. */
  public record Held(
      String digest,
      List<Holder> versions,
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

  /** An adapter that is asked for and not resident yet. */
  public record Waiting(String digest, List<Holder> versions, double waitedSeconds, String stage) {}

  /** A version and its owner. */
  public record Holder(String tenant, String version) {}

  /** A pinned version. */
  public record Pin(String tenant, String version, String digest, boolean resident) {}

  /** Whether a tenant's version is in the slots now. */
  public boolean holds(String tenant, String version) {
    Holder wanted = new Holder(tenant, version);
    return residents.stream().anyMatch(held -> held.versions().contains(wanted));
  }

  /** Whether a tenant's version is pinned. */
  public boolean pinned(String tenant, String version) {
    return pins.stream()
        .anyMatch(pin -> pin.tenant().equals(tenant) && pin.version().equals(version));
  }
}
