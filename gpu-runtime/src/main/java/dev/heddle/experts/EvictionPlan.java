package dev.heddle.experts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which resident adapters have to leave so that a load fits: least recently used first, only as
 * many as needed, and what the load itself can use stays in its slot. Adapters that are pinned, or
 * owed to requests that waited for them, never leave. Adapters in use or asked for leave only for
 * an urgent load, after those that nobody asks for.
 */
final class EvictionPlan {
  private final ExpertSlotPool pool;
  private final RowPool rows;

  /** References that the victims give up, by slot; far below 0 where the load keeps the slot. */
  private final int[] given;

  private final int baseSlots;
  private final List<AdapterEntry> candidates = new ArrayList<>();
  private final List<AdapterEntry> victims = new ArrayList<>();
  private int missing;
  private int freed;

  EvictionPlan(ExpertSlotPool pool, RowPool rows, int baseSlots) {
    this.pool = pool;
    this.rows = rows;
    this.baseSlots = baseSlots;
    given = new int[pool.total()];
  }

  /**
   * Plans for one load.
   *
   * @return whether the load fits once {@link #victims} have left
   */
  boolean plan(AdapterExperts load, List<AdapterEntry> residents, boolean urgent) {
    begin(0);
    for (int i = 0; i < load.size(); i++) {
      int slot = pool.find(load.digest(i));
      if (slot < 0) {
        missing++;
      } else {
        given[slot - baseSlots] = Integer.MIN_VALUE / 2; // never given up by victims
      }
    }
    return search(residents, urgent);
  }

  /** As the other, for a load of experts that sit in no slot yet. */
  boolean plan(int experts, List<AdapterEntry> residents, boolean urgent) {
    begin(experts);
    return search(residents, urgent);
  }

  private void begin(int experts) {
    Arrays.fill(given, 0);
    victims.clear();
    freed = 0;
    missing = experts;
  }

  private boolean search(List<AdapterEntry> residents, boolean urgent) {
    findCandidates(residents, urgent);
    for (int i = 0; i < candidates.size() && !fits(); i++) {
      add(victims.size(), candidates.get(i));
    }
    if (!fits()) {
      victims.clear();
      return false;
    }
    spare();
    return true;
  }

  /** Adapters to be evicted, some of them perhaps still in use; empty if the load does not fit. */
  List<AdapterEntry> victims() {
    return victims;
  }

  /** What each victim's leaving frees for a load of new experts, in the order of victims. */
  List<LoadPreview.Leaving> leaving() {
    List<LoadPreview.Leaving> leaving = new ArrayList<>();
    Arrays.fill(given, 0);
    for (AdapterEntry victim : victims) {
      int slots = 0;
      for (int slot : victim.seat().slots) {
        slots += ++given[slot - baseSlots] == pool.references(slot) ? 1 : 0;
      }
      leaving.add(new LoadPreview.Leaving(victim.digest, slots, victim.leases));
    }
    return leaving;
  }

  boolean victimsAreUnused() {
    for (AdapterEntry victim : victims) {
      if (victim.leases > 0) {
        return false;
      }
    }
    return true;
  }

  private void findCandidates(List<AdapterEntry> residents, boolean urgent) {
    candidates.clear();
    for (AdapterEntry entry : residents) {
      if (!entry.pinned && !entry.owed && (urgent || entry.idle())) {
        candidates.add(entry);
      }
    }
    candidates.sort(
        Comparator.comparing((AdapterEntry entry) -> !entry.idle())
            .thenComparing(entry -> !entry.victim)
            .thenComparingLong(entry -> entry.useStamp));
  }

  private boolean fits() {
    return pool.available() + freed >= missing && rows.free() + victims.size() >= 1;
  }

  private void add(int at, AdapterEntry victim) {
    victims.add(at, victim);
    for (int slot : victim.seat().slots) {
      freed += ++given[slot - baseSlots] == pool.references(slot) ? 1 : 0;
    }
  }

  private AdapterEntry remove(int at) {
    AdapterEntry victim = victims.remove(at);
    for (int slot : victim.seat().slots) {
      freed -= given[slot - baseSlots]-- == pool.references(slot) ? 1 : 0;
    }
    return victim;
  }

  /** Lets those stay, most recently used first, without whom it fits as well. */
  private void spare() {
    for (int i = victims.size() - 1; i >= 0; i--) {
      AdapterEntry victim = remove(i);
      if (!fits()) {
        add(i, victim);
      }
    }
  }
}
