package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one adapter as long as anybody asks for it or it sits in slots. Written by the
 * step thread only; fields that statistics read are volatile.
 */
final class AdapterEntry {
  /** The way of an adapter into the slots. */
  enum Stage {
    /** Waits for one of {@link ResidencyConfig#maxLoads}. */
    ASKED,
    /** A loader opens its source. */
    OPENING,
    /** Its experts are known; waits for slots and a row. */
    WAITING,
    /** Has its row, holds what others brought, and is promised the rest. */
    CLAIMED,
    /** A loader fills its slots. */
    FILLING,
    /** Can answer. */
    RESIDENT,
    /** Forgotten: dropped, evicted or failed. */
    GONE;

    /** In words, for people. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  final Digest digest;

  volatile Stage stage = Stage.ASKED;

  /** Since when somebody waits for it; meaningful unless it is admitting. */
  volatile long waitingSinceNanos;

  volatile long residentSinceNanos;
  volatile long usedNanos;
  volatile int leases;
  volatile long hits;
  volatile long loads;
  volatile int ownSlots;
  volatile boolean pinned;

  /** Chosen to leave for an urgent load: admits nobody until it left or is spared. */
  volatile boolean victim;

  /** To leave as soon as its leases have ended, whoever asks for it. */
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

  /** Why the load failed. */
  @Nullable AdapterLoadException failure;

  /** Open from OPENING's end to the end of FILLING. */
  @Nullable AdapterSource source;

  @Nullable AdapterManifest manifest;

  /** Its distinct experts, a place where each belongs, and from CLAIMED on its slot (-1: none). */
  Digest[] experts = {};

  TunedExpert[] places = {};

  int[] slots = {};

  /** Row of the expert map from CLAIMED on, else 0. */
  volatile int row;

  AdapterEntry(Digest digest) {
    this.digest = digest;
  }

  boolean admits() {
    return stage == Stage.RESIDENT && !victim && !unloading;
  }

  /** Its source is open or being opened: it counts against {@link ResidencyConfig#maxLoads}. */
  boolean loading() {
    return stage == Stage.OPENING
        || stage == Stage.WAITING
        || stage == Stage.CLAIMED
        || stage == Stage.FILLING;
  }

  /** Nobody uses it or asks for it, nobody wants it kept. */
  boolean idle() {
    return leases == 0 && demands == 0 && !pinned;
  }

  /** Somebody waits for its load. */
  boolean wanted() {
    return demands > 0 || prefetched != null;
  }

  AdapterSource openSource() {
    if (source == null) {
      throw new IllegalStateException("source of " + digest + " is not open");
    }
    return source;
  }

  AdapterManifest knownManifest() {
    if (manifest == null) {
      throw new IllegalStateException("experts of " + digest + " are not known");
    }
    return manifest;
  }

  /** Experts that have no slot yet. */
  int unplaced() {
    int count = 0;
    for (int slot : slots) {
      count += slot < 0 ? 1 : 0;
    }
    return count;
  }

  /** Takes over what a loader found out. */
  void opened(AdapterSource opened, AdapterManifest found) {
    source = opened;
    manifest = found;
    Map<Digest, TunedExpert> distinct = new LinkedHashMap<>();
    for (TunedExpert tuned : found.experts()) {
      distinct.putIfAbsent(tuned.digest(), tuned);
    }
    experts = distinct.keySet().toArray(Digest[]::new);
    places = distinct.values().toArray(TunedExpert[]::new);
    stage = Stage.WAITING;
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
