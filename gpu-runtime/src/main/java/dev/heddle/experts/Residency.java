package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

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
  final RoutedTokens routed;
  private final SlotRetirement retirement;
  private final List<AdapterEntry> residents = new ArrayList<>();

  /** Loads that hold a row and claims, in the order in which claims are honoured. */
  private final List<AdapterEntry> claimants = new ArrayList<>();

  /** Experts that claims and fills will bring: no other load may bring them a second time. */
  private final Set<Digest> coming = new HashSet<>();

  private volatile ExpertMap map;
  private long startedSteps;

  Residency(
      ExpertLayout layout,
      ResidencyConfig config,
      ExpertBackend backend,
      BackgroundLoader loader,
      LongSupplier nanoClock) {
    this.layout = layout;
    this.backend = backend;
    this.loader = loader;
    pool = new ExpertSlotPool(layout.baseSlots(), config.slots());
    rows = new RowPool(config.adapterRows());
    retirement = new SlotRetirement(pool, loader);
    map = ExpertMap.base(layout, config.adapterRows());
    routed = new RoutedTokens(layout, config.adapterRows(), backend, nanoClock);
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

  void notCleared() {
    retirement.notCleared();
  }

  /** Whether another load is about to bring one of this one's experts. */
  boolean isComing(AdapterExperts load) {
    for (int i = 0; i < load.size(); i++) {
      if (coming.contains(load.digest(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Evicts the victims and gives the load a row, a share of the slots that hold its experts already
   * and a claim for the rest.
   */
  void reserve(AdapterEntry load, Stage.Waiting waiting, List<AdapterEntry> victims) {
    AdapterExperts experts = waiting.experts();
    int missing = 0;
    int[] slots = new int[experts.size()];
    for (int i = 0; i < slots.length; i++) {
      int slot = pool.find(experts.digest(i));
      slots[i] = slot < 0 ? Seat.CLAIM : slot;
      if (slot < 0) {
        coming.add(experts.digest(i));
        missing++;
      } else {
        pool.share(slot);
      }
    }
    for (AdapterEntry victim : victims) {
      evict(victim);
    }
    pool.claim(missing);
    load.stage = new Stage.Claimed(waiting.source(), experts, new Seat(rows.take(), slots));
    claimants.add(load);
  }

  /** Takes a resident adapter without leases out of the map; its slots retire. */
  void evict(AdapterEntry entry) {
    if (entry.leases != 0 || !residents.remove(entry)) {
      throw new IllegalStateException("adapter " + entry.digest + " cannot leave");
    }
    Seat seat = entry.seat();
    map = map.with(seat.row, map.copyOfRow(0));
    map.write(seat.row, backend);
    routed.end(seat.row);
    entry.stage.release(this, source -> {}); // a resident adapter's is closed
    countOwnSlots();
  }

  /** Takes back what a failed load held; nothing of it was ever in the map. */
  void abandon(AdapterExperts experts, Seat seat) {
    experts.removeFrom(coming);
    claimants.removeIf(claimant -> claimant.stage.seat() == seat);
    vacate(seat);
  }

  /** Takes a row, slots and claims back; slots that nobody else uses retire. */
  void vacate(Seat seat) {
    for (int slot : seat.slots) {
      if (slot == Seat.CLAIM) {
        pool.unclaim();
      } else if (pool.release(slot)) {
        retirement.add(slot, startedSteps);
      }
    }
    rows.giveBack(seat.row);
  }

  /** Steps with a number up to this one may have seen what leaves from now on. */
  void started(long step) {
    startedSteps = step;
  }

  /** Moves on what has become possible since the last step: clearing, then filling. */
  void advance(long finishedStep) {
    retirement.settle(finishedStep);
    while (!claimants.isEmpty() && claimants.getFirst().seat().claims() <= pool.free()) {
      fill(claimants.removeFirst());
    }
  }

  private void fill(AdapterEntry load) {
    if (!(load.stage
        instanceof Stage.Claimed(AdapterSource source, AdapterExperts experts, Seat seat))) {
      throw new IllegalStateException("adapter " + load.digest + " is " + load.stage.text());
    }
    List<TunedExpert> places = new ArrayList<>();
    int[] taken = new int[seat.claims()];
    for (int i = 0; i < experts.size(); i++) {
      if (seat.slots[i] == Seat.CLAIM) {
        seat.slots[i] = pool.takeClaimed(experts.digest(i));
        taken[places.size()] = seat.slots[i];
        places.add(experts.place(i));
      }
    }
    load.stage = new Stage.Filling(experts, seat);
    loader.fill(load, source, places, taken);
  }

  /** Enters a filled load into the map. */
  void install(AdapterEntry load, long nanos) {
    if (!(load.stage instanceof Stage.Filling(AdapterExperts experts, Seat seat))) {
      throw new IllegalStateException("adapter " + load.digest + " is " + load.stage.text());
    }
    experts.removeFrom(coming);
    int[][] row = map.copyOfRow(0);
    for (TunedExpert expert : experts.tuned()) {
      row[layout.moeIndex(expert.layer())][expert.column()] = pool.find(expert.digest());
    }
    map = map.with(seat.row, row);
    map.write(seat.row, backend);
    routed.begin(seat.row, load.digest, load.loads - 1, row, map.copyOfRow(0));
    residents.add(load);
    load.stage = new Stage.Resident(experts, seat, nanos);
    countOwnSlots();
  }

  private void countOwnSlots() {
    for (AdapterEntry entry : residents) {
      Seat seat = entry.seat();
      int own = 0;
      for (int slot : seat.slots) {
        own += pool.references(slot) == 1 ? 1 : 0;
      }
      seat.ownSlots = own;
    }
  }

  /** Whether the load could fit if all but pinned adapters left. */
  boolean fitsBesidePinned(AdapterExperts load) {
    Set<Digest> pinned = pinnedExperts();
    int needed = 0;
    for (int i = 0; i < load.size(); i++) {
      needed += pinned.contains(load.digest(i)) ? 0 : 1;
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
      if (entry.pinned && entry.stage instanceof Stage.Resident resident) {
        resident.experts().addTo(pinned);
      }
    }
    return pinned;
  }

  /**
   * @param entries all that hold or may hold something
   * @throws IllegalStateException if slots, rows or claims do not add up
   */
  void checkIntegrity(Iterable<AdapterEntry> entries) {
    pool.checkIntegrity();
    int references = 0;
    int claims = 0;
    int rowsHeld = 0;
    for (AdapterEntry entry : entries) {
      Seat seat = entry.stage.seat();
      if (seat != null) {
        references += seat.slots.length - seat.claims();
        claims += seat.claims();
        rowsHeld++;
        require(rows.isTaken(seat.row), "row " + seat.row + " is free");
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
    boolean isResident = entry.stage instanceof Stage.Resident;
    require(
        residents.contains(entry) == isResident,
        "adapter " + entry.digest + " is " + entry.stage.text());
    if (entry.stage instanceof Stage.Resident(AdapterExperts experts, Seat seat, long _)) {
      for (TunedExpert expert : experts.tuned()) {
        int slot = map.slot(seat.row, layout.moeIndex(expert.layer()), expert.column());
        require(slot == pool.find(expert.digest()), "row " + seat.row + " is not its adapter's");
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
