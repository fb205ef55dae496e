package dev.heddle.registry.garbage;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Leader.Fence;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.ExpertStore.Collected;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes blobs that nothing references: when asked, as a task of the leader, and soon after an
 * upload or a version was given up. A run that fails is tried again with the next. Safe for any
 * thread.
 */
public final class GarbageCollector implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);

  /** What is given up within this long is collected in one go. */
  private static final Duration SOON = Duration.ofSeconds(2);

  /**
   * What all runs did, and what the last one found.
   *
   * @param runs that came to their end
   * @param removed blobs, by all runs
   * @param removedBytes by all runs
   * @param blobs that the last run kept
   * @param bytes that the last run kept
   */
  public record Stats(long runs, long removed, long removedBytes, long blobs, long bytes) {
    Stats plus(Collected run) {
      return new Stats(
          runs + 1,
          removed + run.removed(),
          removedBytes + run.removedBytes(),
          run.kept(),
          run.keptBytes());
    }
  }

  private final LiveBlobs live;
  private final BooleanSupplier soon;
  private final ExpertStore store;
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("heddle-garbage").factory());
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile Stats stats = new Stats(0, 0, 0, 0, 0);

  /**
   * @param grace how long what was archived is kept; zero for a store that only this process uses
   * @param soon whether what is given up may be collected by this process soon; else it waits for
   *     the leader's next run
   */
  public GarbageCollector(
      RegistryDatabase db, ExpertStore store, Duration grace, BooleanSupplier soon) {
    this.soon = soon;
    this.live = new LiveBlobs(db, grace);
    this.store = store;
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Something was given up: collects soon, once for all such requests until then. */
  public void request() {
    if (soon.getAsBoolean() && requested.compareAndSet(false, true)) {
      Future<?> _ = executor.schedule(this::run, SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void run() {
    requested.set(false);
    try {
      collect();
    } catch (RegistryException e) {
      log.warn("Unreferenced blobs stay until the next collection", e);
    } catch (RuntimeException | Error e) { // or there would be no next time
      log.error("The collection of unreferenced blobs failed", e);
    }
  }

  /**
   * Collects and waits for the end of it; one that runs is waited for first.
   *
   * @throws UnavailableException if the store or the database does not answer
   */
  public Collected collect() {
    return collect(Fence.NONE);
  }

  /**
   * The same, as long as the fence holds: it is asked before each part of the store.
   *
   * @throws RegistryException what the fence throws, too
   */
  public Collected collect(Fence fence) {
    try {
      Collected run =
          store.collect(digests -> {
            fence.require();
            return live.among(digests);
          });
      synchronized (this) {
        stats = stats.plus(run);
      }
      if (run.removed() > 0) {
        log.info("{} blobs of {} bytes removed", run.removed(), run.removedBytes());
      }
      return run;
    } catch (IOException e) {
      throw UnavailableException.store("the expert store cannot be cleaned now", e);
    }
  }

  public Stats stats() {
    return stats;
  }

  /** Waits for the end of a running collection. */
  @Override
  public void close() {
    executor.close();
  }
}
