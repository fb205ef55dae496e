package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What others may know of residency. The step thread posts which adapters there are when that
 * changes; any thread reads.
 */
final class ResidencyBoard {
  /** Adapters whose number of loads is remembered after they left. */
  private static final int REMEMBERED = 1024;

  private final LongSupplier nanoClock;
  private final ExpertSlotPool pool;
  private final Map<Digest, Long> loadsByAdapter = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Posted posted = new Posted(List.of(), 0, 0, 0, 0);
  private long loads;
  private long failures;
  private long evictions;

  private record Posted(
      List<AdapterEntry> entries, int freeSlots, long loads, long failures, long evictions) {}

  ResidencyBoard(ExpertSlotPool pool, LongSupplier nanoClock) {
    this.pool = pool;
    this.nanoClock = nanoClock;
  }

  void loaded(AdapterEntry entry) {
    loads++;
    entry.loads = loadsByAdapter.merge(entry.digest, 1L, Long::sum);
    if (loadsByAdapter.size() > REMEMBERED) {
      loadsByAdapter.remove(loadsByAdapter.keySet().iterator().next());
    }
  }

  void failed() {
    failures++;
  }

  void evicted() {
    evictions++;
  }

  void post(Collection<AdapterEntry> entries) {
    posted = new Posted(List.copyOf(entries), pool.free(), loads, failures, evictions);
  }

  ResidencyStats stats() {
    Posted now = posted;
    long nanos = nanoClock.getAsLong();
    List<ResidencyStats.Resident> residents = new ArrayList<>();
    List<ResidencyStats.Waiting> waiting = new ArrayList<>();
    for (AdapterEntry entry : now.entries) {
      Stage stage = entry.stage;
      if (stage instanceof Stage.Resident resident) {
        residents.add(resident(entry, resident, nanos));
      } else if (!(stage instanceof Stage.Gone)) {
        Duration waited = Duration.ofNanos(nanos - entry.waitingSinceNanos);
        waiting.add(new ResidencyStats.Waiting(entry.digest, waited, stage.text()));
      }
    }
    residents.sort(Comparator.comparing(ResidencyStats.Resident::idleFor).reversed());
    waiting.sort(Comparator.comparing(ResidencyStats.Waiting::waited).reversed());
    return new ResidencyStats(
        pool.total(),
        now.freeSlots,
        List.copyOf(residents),
        List.copyOf(waiting),
        now.loads,
        now.failures,
        now.evictions);
  }

  private static ResidencyStats.Resident resident(
      AdapterEntry entry, Stage.Resident stage, long nanos) {
    int own = stage.seat().ownSlots;
    return new ResidencyStats.Resident(
        entry.digest,
        stage.seat().row,
        own,
        stage.experts().size() - own,
        Duration.ofNanos(nanos - stage.sinceNanos()),
        Duration.ofNanos(nanos - entry.usedNanos),
        entry.leases,
        entry.loads,
        entry.hits,
        entry.pinned,
        entry.admits());
  }
}
