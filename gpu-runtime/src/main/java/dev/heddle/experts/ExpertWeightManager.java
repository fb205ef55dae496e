package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns which adapters' experts are resident. A request asks by {@link #demand}, tries for a lease
 * until it gets one, and gives the lease back when its sequence ends; {@link #betweenSteps} lets
 * finished loads into the expert map and adapters out of it.
 *
 * <p><b>Policy.</b> Loads are placed in the order they were asked for; one that does not fit yet is
 * overtaken by those that do. Adapters without leases, demands and pins are evicted, least recently
 * used first. A load that has waited {@link ResidencyConfig#urgentShare} of its time is overtaken
 * by nobody, and resident adapters, enough of them for it to fit, stop admitting until their leases
 * have ended. An adapter that was loaded for a request stays until such a request had a lease.
 *
 * <p><b>Threads.</b> One thread, the step thread, makes all calls but {@link #stats}, {@link #map}
 * and those of routing. None of them blocks, except {@link #close}. While demands stand, {@link
 * #betweenSteps} is to be called every few milliseconds even if no step runs; {@code wakeUp} tells
 * when it is worth calling at once.
 */
public final class ExpertWeightManager implements AutoCloseable {
  private final ExpertLayout layout;
  private final ResidencyConfig config;
  private final Residency residency;
  private final AdapterLoads loads;
  private final ResidencyBoard board;
  private final LongSupplier nanoClock;
  private int leasesOut;

  /**
   * @param layout the served model's
   * @param base digest of the served model, asked for on loader threads
   * @param loaders runs loads; owned from now on
   * @param nanoClock as {@link System#nanoTime}
   * @param wakeUp called by loader threads when {@link #betweenSteps} would find something to do
   */
  public ExpertWeightManager(
      ExpertLayout layout,
      ResidencyConfig config,
      Supplier<Digest> base,
      AdapterCatalog catalog,
      ExpertBackend backend,
      ExecutorService loaders,
      LongSupplier nanoClock,
      Runnable wakeUp) {
    this.layout = layout;
    this.config = config;
    this.nanoClock = nanoClock;
    int works = config.maxLoads() + 1; // and one clearing
    BackgroundLoader loader =
        new BackgroundLoader(
            catalog, backend, layout, base, loaders, config.fillers(), works, wakeUp);
    residency = new Residency(layout, config, backend, loader, nanoClock);
    board = new ResidencyBoard(residency.pool, nanoClock);
    loads = new AdapterLoads(layout, config, residency, loader, board, nanoClock);
  }

  /** Asks for an adapter on behalf of one request; starts or joins its load if it is not here. */
  public AdapterDemand demand(Digest adapter) {
    AdapterEntry entry = loads.find(adapter);
    long now = nanoClock.getAsLong();
    boolean hit = entry.admits();
    if (!hit && !entry.wanted()) {
      entry.waitingSinceNanos = now;
    }
    entry.demands++;
    loads.touch(entry);
    return new AdapterDemand(this, entry, now, hit);
  }

  /** Loads an adapter ahead of its requests; fails as a request would. */
  public CompletableFuture<Void> prefetch(Digest adapter) {
    AdapterEntry entry = loads.find(adapter);
    AdapterLoadException failure = entry.failure();
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    loads.touch(entry);
    if (entry.stage instanceof Stage.Resident && !entry.unloading) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> future = entry.prefetched;
    if (future == null) {
      future = new CompletableFuture<>();
      if (!entry.wanted()) {
        entry.waitingSinceNanos = nanoClock.getAsLong();
      }
      entry.prefetched = future;
    }
    return future.copy();
  }

  /** Loads an adapter and keeps it, used or not, until {@link #unpin} or {@link #unload}. */
  public CompletableFuture<Void> pin(Digest adapter) {
    loads.find(adapter).pinned = true;
    return prefetch(adapter);
  }

  public void unpin(Digest adapter) {
    AdapterEntry entry = loads.known(adapter);
    if (entry != null) {
      entry.pinned = false;
      loads.changed();
    }
  }

  /**
   * Evicts an adapter, pinned or not. It gives no more leases from now on, and the result completes
   * when the last lease has ended. Requests that ask for it in between wait until it is loaded
   * again.
   */
  public CompletableFuture<Void> unload(Digest adapter) {
    AdapterEntry entry = loads.known(adapter);
    if (entry == null) {
      return CompletableFuture.completedFuture(null);
    }
    entry.pinned = false;
    loads.changed();
    if (entry.stage.seat() == null) {
      return CompletableFuture.completedFuture(null);
    }
    loads.stopAdmitting(entry);
    entry.unloading = true;
    CompletableFuture<Void> future = entry.unloaded;
    if (future == null) {
      future = new CompletableFuture<>();
      entry.unloaded = future;
    }
    return future.copy();
  }

  /**
   * What the load of an adapter would do now; starts none.
   *
   * @param experts how many distinct experts it has, none of which sits in a slot, &ge; 0
   */
  public LoadPreview preview(int experts) {
    return loads.preview(experts);
  }

  /**
   * Lets in what has been loaded, and out what has to leave. Steps are numbered from 1; a
   * synchronous runtime passes the same number twice.
   *
   * @param startedStep the last step that has started
   * @param finishedStep the last step of which nothing is in flight any more
   */
  public void betweenSteps(long startedStep, long finishedStep) {
    residency.started(startedStep);
    loads.advance();
    residency.advance(finishedStep);
    residency.routed.betweenSteps(finishedStep);
  }

  /** The step that started last came to nothing: what its routers counted is forgotten. */
  public void stepFailed() {
    residency.routed.stepFailed();
  }

  /**
   * Where a resident adapter's tokens were sent, as of at most about a second ago, or of the last
   * step if none runs; null if it is not resident. Any thread; never blocks the step thread.
   */
  public @Nullable RoutingStats routing(Digest adapter) {
    return residency.routed.of(adapter);
  }

  /** As {@link #routing}, of the base. Any thread. */
  public RoutingStats baseRouting() {
    return residency.routed.ofBase();
  }

  /** As {@link #routing}, of the base and then of every resident adapter, in sums. Any thread. */
  public List<RoutingTotals> routingTotals() {
    return residency.routed.totals();
  }

  /** Any thread. */
  public ResidencyStats stats() {
    return board.stats();
  }

  /** Who uses which slots. Any thread. */
  public SlotMap slots() {
    return SlotMap.of(residency.map(), layout, stats().residents());
  }

  /** The map that the next step sees. Any thread. */
  public ExpertMap map() {
    return residency.map();
  }

  /**
   * @throws IllegalStateException if slots, rows, leases or loads do not add up
   */
  public void checkIntegrity() {
    loads.checkIntegrity(leasesOut);
  }

  /** Ends every load and waits for the loaders; leases may still be given back. */
  @Override
  public void close() {
    loads.close();
  }

  // ---- leases

  @Nullable AdapterLease tryLease(AdapterDemand demand) {
    AdapterEntry entry = demand.entry;
    AdapterLoadException failure = entry.failure();
    if (failure != null) {
      endDemand(demand);
      throw new AdapterLoadException(String.valueOf(failure.getMessage()), failure);
    }
    if (!entry.admits()) {
      if (isLate(demand)) {
        endDemand(demand);
        throw loads.late(entry);
      }
      return null;
    }
    endDemand(demand);
    entry.owed = false;
    entry.countLease(1);
    leasesOut++;
    if (demand.hit) {
      entry.countHit();
    }
    loads.touch(entry);
    return new AdapterLease(this, entry, entry.seat().row);
  }

  boolean isLost(AdapterDemand demand) {
    return demand.entry.failure() != null || (!demand.entry.admits() && isLate(demand));
  }

  private boolean isLate(AdapterDemand demand) {
    long now = nanoClock.getAsLong();
    long waited = Math.min(now - demand.sinceNanos, now - demand.entry.waitingSinceNanos);
    return waited > config.loadWait().toNanos();
  }

  void withdraw(AdapterDemand demand) {
    endDemand(demand);
  }

  private void endDemand(AdapterDemand demand) {
    demand.end();
    demand.entry.demands--;
    demand.entry.owed &= demand.entry.demands > 0;
    loads.changed();
  }

  void leaseReturned(AdapterEntry entry) {
    entry.countLease(-1);
    leasesOut--;
    loads.touch(entry);
  }
}
