package dev.heddle.registry.access;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys were last used. Recording writes to memory only. A writer thread stores the times every
 * {@link #ROUND}, for each key at most once in {@link #PER_KEY}. While the database is down, they
 * wait. A crash loses what was not written. Safe for any thread.
 */
public final class KeyUses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KeyUses.class);
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final Duration PER_KEY = Duration.ofMinutes(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final RegistryDatabase db;
  private final Map<UUID, Instant> used = new ConcurrentHashMap<>();
  private final Map<UUID, Instant> written = new HashMap<>(); // guarded by this
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread writer;

  public KeyUses(RegistryDatabase db) {
    this.db = db;
    this.writer = Thread.ofVirtual().name("key-uses").start(this::run);
  }

  /** Notes that a key was let in now. */
  public void record(UUID key) {
    record(key, Instant.now());
  }

  void record(UUID key, Instant at) {
    used.put(key, at);
  }

  /**
   * Writes what is due.
   *
   * @return how many keys' times were written
   * @throws RegistryException if the database is away; nothing is forgotten
   */
  synchronized int flush() {
    Map<UUID, Instant> due = new HashMap<>();
    used.forEach((key, at) -> {
      Instant before = written.get(key);
      if (before == null || !at.isBefore(before.plus(PER_KEY))) {
        due.put(key, at);
      }
    });
    if (!due.isEmpty()) {
      write(due);
      written.putAll(due);
      due.forEach(used::remove); // unless it was used again meanwhile
    }
    return due.size();
  }

  /** Another replica may have written a later time already. */
  private void write(Map<UUID, Instant> uses) {
    List<Map.Entry<UUID, Instant>> rows = List.copyOf(uses.entrySet());
    UUID[] keys = rows.stream().map(Map.Entry::getKey).toArray(UUID[]::new);
    String[] times = rows.stream().map(use -> use.getValue().toString()).toArray(String[]::new);
    db.write(jdbc ->
        jdbc.sql(
                """
                update api_key set last_used_at = use.at
                from unnest(:keys, cast(:times as timestamptz[])) as use (id, at)
                where api_key.id = use.id
                  and (api_key.last_used_at is null or api_key.last_used_at < use.at)
                """)
            .param("keys", keys)
            .param("times", times)
            .update());
  }

  private void run() {
    try {
      while (!closing.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
        flushOrWait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    flushOrWait();
  }

  private void flushOrWait() {
    try {
      flush();
    } catch (RegistryException e) {
      log.debug("Times of last use wait for the database: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("The keys' times of last use could not be written", e);
    }
  }

  /** Writes what is due once more. */
  @Override
  public void close() {
    closing.countDown();
    try {
      writer.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
