package dev.heddle.registry.usage;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes usage rows in the background. Recording never blocks. Rows reach the database in batches
 * within a second, and wait in memory while it is down. A crash loses at most the last second. Safe
 * for any thread.
 */
public final class UsageLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UsageLog.class);
  private static final int QUEUE_ROWS_MAX = 100_000;
  private static final int BATCH_ROWS_MAX = 500;
  private static final Duration ROUND = Duration.ofMillis(200);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final UsageRows rows;
  private final BlockingQueue<UsageRow> queue = new ArrayBlockingQueue<>(QUEUE_ROWS_MAX);
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean open = true;

  public UsageLog(RegistryDatabase db) {
    this.rows = new UsageRows(db);
    this.writer = Thread.ofVirtual().name("usage-writer").start(this::write);
  }

  /**
   * Hands over a row.
   *
   * @return false if the row is lost because the queue is full; {@link #lost} counts those
   */
  public boolean record(UsageRow row) {
    boolean taken = queue.offer(row);
    if (!taken && lost.getAndIncrement() == 0) {
      log.error(
          "Usage rows are lost: the queue of {} that wait for the database is full",
          QUEUE_ROWS_MAX);
    }
    return taken;
  }

  /** Rows lost since the start. */
  public long lost() {
    return lost.get();
  }

  /** Rows that wait for the database. */
  public int waiting() {
    return queue.size();
  }

  private void write() {
    List<UsageRow> batch = new ArrayList<>();
    try {
      while (open || !queue.isEmpty()) {
        UsageRow first = queue.poll(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          gather();
          queue.drainTo(batch, BATCH_ROWS_MAX - 1);
          store(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      lost.addAndGet(batch.size() + queue.size());
      log.error("{} usage rows are lost: the database was unreachable at shutdown", lost);
    }
  }

  /** A transaction takes far more than a row: those of a round come in one. */
  private void gather() throws InterruptedException {
    if (open && queue.size() < BATCH_ROWS_MAX - 1) {
      Thread.sleep(ROUND);
    }
  }

  private void store(List<UsageRow> batch) throws InterruptedException {
    while (true) {
      try {
        rows.insert(batch);
        return;
      } catch (UnavailableException e) {
        log.warn(
            "{} usage rows could not be written, will try again: {}", batch.size(), e.getMessage());
        Thread.sleep(RETRY_PAUSE);
      } catch (IllegalStateException | RegistryException e) {
        refused(batch, e);
        return;
      }
    }
  }

  /** One row is wrong; the others must not go with it. */
  private void refused(List<UsageRow> batch, RuntimeException cause) throws InterruptedException {
    if (batch.size() == 1) {
      lost.incrementAndGet();
      log.error("The database refused a usage row: {}", batch.getFirst(), cause);
      return;
    }
    for (UsageRow row : batch) {
      store(List.of(row));
    }
  }

  /** Writes what is waiting, for at most {@code 5 s}. */
  @Override
  public void close() {
    open = false;
    try {
      if (!writer.join(CLOSE_LIMIT)) {
        writer.interrupt();
        writer.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
