package dev.heddle.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How long a request that comes now would wait for its admission: as many as its tenant has waiting
 * already, each as long as one of them has taken lately. A request that would wait longer than it
 * may is refused when it comes, because later it would be refused as well, or answered too late for
 * anybody. Tenants are apart, as their turns are: one that floods the queue has only its own
 * requests refused. The step thread writes; any thread may ask.
 */
final class QueueWait {
  /** So long admissions are counted for a new mean. */
  private static final long WINDOW_NANOS = 1_000_000_000;

  /** One tenant's requests that have their weights and wait for a place. */
  private static final class Line {
    final AtomicInteger waiting = new AtomicInteger();

    /** Mean time from one admission to the next, 0 while it is not known. */
    volatile long turnNanos;

    long sinceNanos;
    long lastNanos; // of the step that admitted some last
    int admitted;
  }

  private final Map<String, Line> lines = new ConcurrentHashMap<>();
  private final long limitNanos;

  /**
   * @param limit the longest wait, 0 for none
   */
  QueueWait(Duration limit) {
    limitNanos = limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
  }

  /** Nanoseconds; {@link Long#MAX_VALUE} if requests may wait for ever. */
  long limitNanos() {
    return limitNanos;
  }

  /**
   * Any thread: refuses a request that would wait too long.
   *
   * @throws GenerationException QUEUE_FULL, with the time after which it would not
   */
  void check(String tenant) {
    Line line = lines.get(tenant);
    if (line != null && line.waiting.get() * line.turnNanos > limitNanos) {
      throw refusal(tenant);
    }
  }

  /** What a request is told that would wait, or has waited, too long. */
  GenerationException refusal(String tenant) {
    Line line = lines.get(tenant);
    long expected = line == null ? 0 : line.waiting.get() * line.turnNanos;
    return GenerationException.queueFull(
        "it would not have been admitted in time",
        Duration.ofNanos(Math.max(0, expected - limitNanos)));
  }

  /** Step thread: a request waits for a place. */
  void joined(String tenant, long now) {
    Line line = lines.computeIfAbsent(tenant, name -> new Line());
    if (line.waiting.getAndIncrement() == 0) {
      line.sinceNanos = now;
    }
  }

  /** Step thread: one has its place. */
  void admitted(String tenant, long now) {
    Line line = lines.get(tenant);
    if (line != null) {
      count(line, now);
      left(tenant, line);
    }
  }

  /**
   * One step may admit many, after a long pause: what they took is known when the next one is
   * admitted, in a later step.
   */
  private static void count(Line line, long now) {
    boolean later = now != line.lastNanos && line.admitted > 0;
    line.admitted++;
    if (later && now - line.sinceNanos >= WINDOW_NANOS) {
      line.turnNanos = (now - line.sinceNanos) / line.admitted;
      line.sinceNanos = now;
      line.admitted = 0;
    }
    line.lastNanos = now;
  }

  /** Step thread: one has ended before it had a place. */
  void gaveUp(String tenant) {
    left(tenant, lines.get(tenant));
  }

  private void left(String tenant, @Nullable Line line) {
    if (line != null && line.waiting.decrementAndGet() == 0) {
      lines.remove(tenant); // what comes next finds no queue, and no mean of its own
    }
  }
}
