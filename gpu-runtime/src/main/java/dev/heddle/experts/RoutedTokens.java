package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the routers did with the tokens of each adapter that is resident, and of the base. The
 * backend counts by row of the expert map and never starts anew; here its counts become those of
 * whoever has the row.
 *
 * <p><b>Threads.</b> The step thread publishes what was counted since it last did: once a second
 * while steps run, and as soon as it finds nothing to compute. Any thread reads what was published,
 * all numbers of one publishing, so sums are exact. The step thread never waits for a reader: where
 * one is copying, it publishes after the next step. It allocates nothing but when an adapter comes
 * or leaves.
 */
final class RoutedTokens {
  /** Between two publishings while steps run: reading a large model's counters takes 0.1 ms. */
  private static final long PERIOD_NANOS = 1_000_000_000;

  private final ExpertLayout layout;
  private final ExpertBackend backend;
  private final LongSupplier nanoClock;

  /** The backend's counters [moeLayer][row][column], now and when they were last looked at. */
  private int[] now;

  private int[] before;

  private final ReentrantLock published = new ReentrantLock();

  private final Owner base;

  /** Which adapter has each row, the base the first; replaced when that changes. */
  private volatile @Nullable Owner[] owners;

  private long publishedStep;
  private long publishedNanos;
  private long seenStep;
  private boolean failed;

  /** Whoever has a row, and its counts. */
  private static final class Owner {
    final @Nullable Digest adapter;
    final long sinceNanos;
    final long resets;
    final boolean[] tuned; // [moeLayer * M + column]
    final long[] counts; // the same; guarded by published

    Owner(@Nullable Digest adapter, long sinceNanos, long resets, boolean[] tuned) {
      this.adapter = adapter;
      this.sinceNanos = sinceNanos;
      this.resets = resets;
      this.tuned = tuned;
      this.counts = new long[tuned.length];
    }
  }

  RoutedTokens(
      ExpertLayout layout, int adapterRows, ExpertBackend backend, LongSupplier nanoClock) {
    this.layout = layout;
    this.backend = backend;
    this.nanoClock = nanoClock;
    owners = new Owner[adapterRows + 1];
    int counters = layout.moeLayers() * owners.length * layout.routed();
    now = new int[counters];
    before = new int[counters];
    backend.readRouted(before); // a model has been warmed up
    publishedNanos = nanoClock.getAsLong();
    boolean[] none = new boolean[layout.moeLayers() * layout.routed()];
    base = new Owner(null, publishedNanos, 0, none);
    owners[0] = base;
  }

  // ---- step thread

  /**
   * A row has been given to an adapter, none of whose tokens has been computed yet.
   *
   * @param slots the row of the expert map, and the base's: [moeLayer][column]
   */
  void begin(int row, Digest adapter, long resets, int[][] slots, int[][] baseSlots) {
    int routed = layout.routed();
    boolean[] tuned = new boolean[layout.moeLayers() * routed];
    backend.readRouted(now);
    for (int layer = 0; layer < layout.moeLayers(); layer++) {
      for (int column = 0; column < routed; column++) {
        tuned[layer * routed + column] = slots[layer][column] != baseSlots[layer][column];
      }
      int at = at(layer, row);
      System.arraycopy(now, at, before, at, routed);
    }
    replace(row, new Owner(adapter, nanoClock.getAsLong(), resets, tuned));
  }

  /** The adapter that had the row has left. */
  void end(int row) {
    replace(row, null);
  }

  private void replace(int row, @Nullable Owner owner) {
    @Nullable Owner[] changed = owners.clone();
    changed[row] = owner;
    owners = changed;
  }

  /** A step has failed, and may have counted some of its layers: none of it shall be published. */
  void stepFailed() {
    failed = true;
  }

  /** Publishes what has been counted, if it is time to. */
  void betweenSteps(long finishedStep) {
    boolean idle = finishedStep == seenStep;
    seenStep = finishedStep;
    if (failed) { // with it goes what other steps counted since the last publishing
      backend.readRouted(before);
      failed = false;
      publishedStep = finishedStep;
    } else if (finishedStep != publishedStep) {
      long nanos = nanoClock.getAsLong();
      if ((idle || nanos - publishedNanos >= PERIOD_NANOS) && published.tryLock()) {
        try {
          publish();
        } finally {
          published.unlock();
        }
        publishedStep = finishedStep;
        publishedNanos = nanos;
      }
    }
  }

  private void publish() {
    backend.readRouted(now);
    for (int row = 0; row < owners.length; row++) {
      Owner owner = owners[row];
      if (owner != null) {
        for (int layer = 0; layer < layout.moeLayers(); layer++) {
          addNew(at(layer, row), owner.counts, layer * layout.routed());
        }
      }
    }
    int[] read = now;
    now = before;
    before = read;
  }

  private void addNew(int at, long[] counts, int target) {
    for (int column = 0; column < layout.routed(); column++) {
      // Unsigned: the backend's counters go round, and far less than 2^32 come between two looks.
      counts[target + column] += Integer.toUnsignedLong(now[at + column] - before[at + column]);
    }
  }

  private int at(int moeLayer, int row) {
    return (moeLayer * owners.length + row) * layout.routed();
  }

  // ---- any thread

  RoutingStats ofBase() {
    return stats(base);
  }

  /** Null unless the adapter is resident. */
  @Nullable RoutingStats of(Digest adapter) {
    for (Owner owner : owners) {
      if (owner != null && adapter.equals(owner.adapter)) {
        return stats(owner);
      }
    }
    return null;
  }

  /** The base's first, then those of all resident adapters. */
  List<RoutingTotals> totals() {
    List<RoutingTotals> all = new ArrayList<>();
    for (Owner owner : owners) {
      if (owner != null) {
        all.add(totals(owner));
      }
    }
    return all;
  }

  private RoutingTotals totals(Owner owner) {
    long[] counts = counts(owner);
    long hits = 0;
    long tunedHits = 0;
    for (int i = 0; i < counts.length; i++) {
      hits += counts[i];
      tunedHits += owner.tuned[i] ? counts[i] : 0;
    }
    return new RoutingTotals(owner.adapter, hits, tunedHits);
  }

  private long[] counts(Owner owner) {
    published.lock();
    try {
      return owner.counts.clone();
    } finally {
      published.unlock();
    }
  }

  private RoutingStats stats(Owner owner) {
    long[] counts = counts(owner);
    List<RoutingStats.Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < layout.moeLayers(); layer++) {
      layers.add(layer(layer, counts, owner.tuned));
    }
    long first = layers.isEmpty() ? 0 : layers.getFirst().counts().stream().mapToLong(n -> n).sum();
    return new RoutingStats(
        owner.adapter,
        Duration.ofNanos(nanoClock.getAsLong() - owner.sinceNanos),
        owner.resets,
        first / layout.topK(),
        layout.topK(),
        layers);
  }

  private RoutingStats.Layer layer(int moeLayer, long[] counts, boolean[] tuned) {
    List<Long> columns = new ArrayList<>();
    List<Integer> tunedColumns = new ArrayList<>();
    for (int column = 0; column < layout.routed(); column++) {
      columns.add(counts[moeLayer * layout.routed() + column]);
      if (tuned[moeLayer * layout.routed() + column]) {
        tunedColumns.add(column);
      }
    }
    return new RoutingStats.Layer(layout.layer(moeLayer), columns, tunedColumns);
  }
}
