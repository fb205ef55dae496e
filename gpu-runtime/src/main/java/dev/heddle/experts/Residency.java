package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who sits in which slots and rows: the books behind {@link ExpertWeightManager}, which decides who
 * may. Step thread only, except {@link #map}.
 */
final class Residency {
  private final ExpertLayout layout;
  private final ExpertBackend backend;
  private final BackgroundLoader loader;
  final ExpertSlotPool pool;
  final RowPool rows;
  private final SlotRetirement retirement;
  private final List<AdapterEntry> residents = new ArrayList<>();

  /** Loads that hold a row and claims, in the order in which claims are honoured. */
  private final List<AdapterEntry> claimants = new ArrayList<>();

  /** Experts that claimants and fills will bring: nobody else may bring them a second time. */
  private final Set<Digest> coming = new HashSet<>();

  private volatile ExpertMap map;
  private long startedSteps;

  Residency(
      ExpertLayout layout, ResidencyConfig config, ExpertBackend backend, BackgroundLoader loader) {
    this.layout = layout;
    this.backend = backend;
    this.loader = loader;
    pool = new ExpertSlotPool(layout.baseSlots(), config.slots());
    rows = new RowPool(config.adapterRows());
    retirement = new SlotRetirement(pool, loader);
    map = ExpertMap.base(layout, config.adapterRows());
  }

  List<AdapterEntry> residents() {
    return residents;
  }

  ExpertMap map() {
    return map;
  }

  void cleared() {
    retirement.cleared();
  }

  /** Whether another load is about to bring one of this one's experts. */
  boolean isComing(AdapterEntry load) {
    for (Digest expert : load.experts) {
      if (coming.contains(expert)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Evicts the victims and gives the load a row, a share of the slots that hold its experts already
   * and a claim for the rest.
   */
  void reserve(AdapterEntry load, List<AdapterEntry> victims) {
    int missing = 0;
    load.slots = new int[load.experts.length];
    for (int i = 0; i < load.experts.length; i++) {
      load.slots[i] = pool.find(load.experts[i]);
      if (load.slots[i] >= 0) {
        pool.share(load.slots[i]);
      } else {
        coming.add(load.experts[i]);
        missing++;
      }
    }
    for (AdapterEntry victim : victims) {
      evict(victim);
    }
    pool.claim(missing);
    load.row = rows.take();
    load.stage = AdapterEntry.Stage.CLAIMED;
    claimants.add(load);
  }

  /** Takes a resident adapter without leases out of the map; its slots retire. */
  void evict(AdapterEntry entry) {
    if (entry.leases != 0 || !residents.remove(entry)) {
      throw new IllegalStateException("adapter " + entry.digest + " cannot leave");
    }
    map = map.with(entry.row, map.copyOfRow(0));
    map.write(entry.row, backend);
    release(entry);
    countOwnSlots();
  }

  /** Takes back what a failed load held; nothing of it was ever in the map. */
  void abandon(AdapterEntry load) {
    coming.removeAll(List.of(load.experts));
    release(load);
  }

  private void release(AdapterEntry entry) {
    for (int slot : entry.slots) {
      if (pool.release(slot)) {
        retirement.add(slot, startedSteps);
      }
    }
    rows.giveBack(entry.row);
    entry.row = 0;
    entry.slots = new int[0];
  }

  /** Steps with a number up to this one may have seen what leaves from now on. */
  void started(long step) {
    startedSteps = step;
  }

  /** Moves on what has become possible since the last step: clearing, then filling. */
  void advance(long finishedStep) {
    retirement.settle(finishedStep);
    while (!claimants.isEmpty() && claimants.getFirst().unplaced() <= pool.free()) {
      fill(claimants.removeFirst());
    }
  }

  private void fill(AdapterEntry load) {
    List<TunedExpert> experts = new ArrayList<>();
    int[] slots = new int[load.unplaced()];
    for (int i = 0; i < load.experts.length; i++) {
      if (load.slots[i] < 0) {
        load.slots[i] = pool.takeClaimed(load.experts[i]);
        slots[experts.size()] = load.slots[i];
        experts.add(load.places[i]);
      }
    }
    load.stage = AdapterEntry.Stage.FILLING;
    loader.fill(load, load.openSource(), experts, slots);
  }

  /** Enters a filled load into the map. */
  void install(AdapterEntry load) {
    coming.removeAll(List.of(load.experts));
    int[][] row = map.copyOfRow(0);
    for (TunedExpert expert : load.knownManifest().experts()) {
      row[layout.moeIndex(expert.layer())][expert.column()] = pool.find(expert.digest());
    }
    map = map.with(load.row, row);
    map.write(load.row, backend);
    residents.add(load);
    load.stage = AdapterEntry.Stage.RESIDENT;
    countOwnSlots();
  }

  private void countOwnSlots() {
    for (AdapterEntry entry : residents) {
      int own = 0;
      for (int slot : entry.slots) {
        own += pool.references(slot) == 1 ? 1 : 0;
      }
      entry.ownSlots = own;
    }
  }

  /** Whether the load could fit if all but pinned adapters left. */
  boolean fitsBesidePinned(AdapterEntry load) {
    Set<Digest> pinned = pinnedExperts();
    int needed = 0;
    for (Digest expert : load.experts) {
      needed += pinned.contains(expert) ? 0 : 1;
    }
    return fitsBeside(needed, pinned);
  }

  /** Whether this many new experts could fit if all but pinned adapters left. */
  boolean fitsBesidePinned(int experts) {
    return fitsBeside(experts, pinnedExperts());
  }

  private boolean fitsBeside(int needed, Set<Digest> pinned) {
    int pinnedRows = 0;
    for (AdapterEntry entry : residents) {
      pinnedRows += entry.pinned ? 1 : 0;
    }
    return needed + pinned.size() <= pool.total() && pinnedRows < rows.total();
  }

  int pinnedSlots() {
    return pinnedExperts().size();
  }

  private Set<Digest> pinnedExperts() {
    Set<Digest> pinned = new HashSet<>();
    for (AdapterEntry entry : residents) {
      if (entry.pinned) {
        Collections.addAll(pinned, entry.experts);
      }
    }
    return pinned;
  }

  /**
   * @param entries all that hold or may hold something
   * @throws IllegalStateException if the books do not balance
   */
  void checkIntegrity(Iterable<AdapterEntry> entries) {
    pool.checkIntegrity();
    int references = 0;
    int claims = 0;
    int rowsHeld = 0;
    for (AdapterEntry entry : entries) {
      for (int slot : entry.slots) {
        references += slot >= 0 ? 1 : 0;
        claims += slot < 0 && entry.stage == AdapterEntry.Stage.CLAIMED ? 1 : 0;
      }
      if (entry.row > 0) {
        rowsHeld++;
        require(rows.isTaken(entry.row), "row " + entry.row + " is free");
      }
      checkRow(entry);
    }
    int handedOut = 0;
    for (int slot = layout.baseSlots(); slot < layout.baseSlots() + pool.total(); slot++) {
      handedOut += pool.references(slot);
    }
    require(handedOut == references, handedOut + " references, held " + references);
    require(pool.claimed() == claims, pool.claimed() + " claims, held " + claims);
    require(pool.retired() == retirement.count(), pool.retired() + " slots retired");
    require(rows.total() - rows.free() == rowsHeld, rowsHeld + " rows held, free " + rows.free());
  }

  private void checkRow(AdapterEntry entry) {
    require(
        residents.contains(entry) == (entry.stage == AdapterEntry.Stage.RESIDENT),
        "adapter " + entry.digest + " is " + entry.stage);
    if (entry.stage != AdapterEntry.Stage.RESIDENT) {
      return;
    }
    for (TunedExpert expert : entry.knownManifest().experts()) {
      int slot = map.slot(entry.row, layout.moeIndex(expert.layer()), expert.column());
      require(slot == pool.find(expert.digest()), "row " + entry.row + " is not its adapter's");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
