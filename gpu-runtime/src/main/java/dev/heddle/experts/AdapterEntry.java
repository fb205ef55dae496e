package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of one adapter while a request asks for it or while it is in slots. Written by the step
 * thread only; fields that statistics read are volatile.
 */
final class AdapterEntry {
  final Digest digest;

  /** Its name for log lines; set when a line first needs it. */
  @Nullable String name;

  volatile Stage stage = new Stage.Asked();

  /** When the wait for it began; meaningful unless it is admitting. */
  volatile long waitingSinceNanos;

  volatile long usedNanos;
  volatile int leases;
  volatile long hits;
  volatile long loads;
  volatile boolean pinned;

  /** Chosen as a victim of an urgent load: it gives no leases until it is evicted or spared. */
  volatile boolean victim;

  /** To be evicted as soon as its leases have ended, whatever asks for it. */
  volatile boolean unloading;

  /** Orders entries by last use; unique. */
  long useStamp;

  /** Demands that stand. */
  int demands;

  /** Installed for demands none of which has had a lease yet: not a victim. */
  boolean owed;

  /** Completed when it is resident; null if nobody prefetched it. */
  @Nullable CompletableFuture<Void> prefetched;

  /** Completed when it has left; null if nobody unloads it. */
  @Nullable CompletableFuture<Void> unloaded;

  AdapterEntry(Digest digest) {
    this.digest = digest;
  }

  boolean admits() {
    return stage instanceof Stage.Resident && !victim && !unloading;
  }

  /** Why the load failed; null unless it did. */
  @Nullable AdapterLoadException failure() {
    return stage instanceof Stage.Gone gone ? gone.failure() : null;
  }

  /** Row and slots of an adapter that has them. */
  Seat seat() {
    Seat seat = stage.seat();
    if (seat == null) {
      throw new IllegalStateException("adapter " + digest + " is " + stage.text());
    }
    return seat;
  }

  /** It has no leases, no demands and no pin. */
  boolean idle() {
    return leases == 0 && demands == 0 && !pinned;
  }

  /** A request or a prefetch waits for its load. */
  boolean wanted() {
    return demands > 0 || prefetched != null;
  }

  /** One lease more or less; the step thread is the only writer. */
  void countLease(int change) {
    int now = leases + change;
    if (now < 0) {
      throw new IllegalStateException("more leases of " + digest + " came back than went out");
    }
    leases = now;
  }

  void countHit() {
    long now = hits + 1;
    hits = now;
  }
}
