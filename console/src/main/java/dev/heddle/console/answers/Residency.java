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
    List<Pin> pins,
    Otherwise otherwise) {
  /** What the same adapters would take padded to the widest of them, or merged into models. */
  public record Otherwise(long paddedBytes, int widest, long mergedBytes) {}

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
}
