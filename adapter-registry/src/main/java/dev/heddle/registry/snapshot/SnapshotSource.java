package dev.heddle.registry.snapshot;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a snapshot up to date. A change made by this server is in it before the change returns; a
 * change made by another one, when the database notifies, or within a second. A change that cannot
 * be read back is made all the same, and is not acknowledged. A refresh reads what was changed and
 * nothing else. While the database is away, the last snapshot stays. Reading it never waits; any
 * thread may.
 */
public final class SnapshotSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotSource.class);
  private static final String CHANNEL = "heddle_registry";
  private static final Duration LISTEN_ROUND = Duration.ofMillis(500);
  // Changes of others that come in a burst are read at once.
  private static final Duration GATHER = Duration.ofMillis(50);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);
  // Where no notification gets through: a proxy that pools, a connection that only looks alive.
  private static final Duration RECONCILE_AFTER = Duration.ofMillis(900);
  // A connection that was cut has a successor; a database that is away takes longer to say so.
  private static final Duration READ_BACK_LIMIT = Duration.ofMillis(500);
  private static final Duration READ_BACK_PAUSE = Duration.ofMillis(20);
  private static final Duration PRUNE_AFTER = Duration.ofMinutes(10);

  private final RegistryDatabase db;
  private final BaseModel base;
  private final SnapshotLoader loader;
  private final Object loading = new Object();
  private final AtomicLong requests = new AtomicLong();
  private long pruned = System.nanoTime() - PRUNE_AFTER.toNanos();
  private long loadedFor;
  private SnapshotLoader.Loaded loaded;
  private volatile RegistrySnapshot current;
  private volatile boolean open = true;
  private final Thread listener;

  /**
   * Reads the first snapshot and begins to listen.
   *
   * @param base the base model that is served; adapters of others are not callable
   */
  public SnapshotSource(RegistryDatabase db, BaseModel base) {
    this.db = db;
    this.base = base;
    this.loader = new SnapshotLoader(db, base);
    this.loaded = loader.load();
    this.current = new RegistrySnapshot(base, loaded.contents());
    db.onChange(this::refreshAfterChange);
    this.listener = Thread.ofVirtual().name("registry-listener").start(this::listen);
  }

  /** The latest picture there is. */
  public RegistrySnapshot current() {
    return current;
  }

  /**
   * Returns when the snapshot shows all that was committed before the call. Calls that come while
   * one is waiting share the next reading.
   *
   * @throws RegistryException if the database cannot be read; the snapshot stays as it was
   */
  public void refresh() {
    long wanted = requests.incrementAndGet();
    synchronized (loading) {
      if (loadedFor >= wanted) {
        return;
      }
      long upTo = requests.get();
      loaded = loader.refresh(loaded);
      current = new RegistrySnapshot(base, loaded.contents());
      loadedFor = upTo;
    }
  }

  /**
   * A change is acknowledged when it has effect here: or who has revoked a key would be told so
   * while it is still accepted.
   */
  private void refreshAfterChange() {
    long since = System.nanoTime();
    while (true) {
      try {
        refresh();
        return;
      } catch (UnavailableException e) {
        if (isDue(since, READ_BACK_LIMIT)) {
          throw UnavailableException.database(
              "the change was made, but the database cannot be read now; it takes effect when it"
                  + " can: look before you repeat it",
              e);
        }
      }
      LockSupport.parkNanos(READ_BACK_PAUSE.toNanos());
    }
  }

  private void listen() {
    boolean away = false;
    while (open) {
      try (Connection connection = db.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("listen " + CHANNEL);
        refresh(); // what was changed while nobody listened
        if (away) {
          log.info("The database is reachable again");
          away = false;
        }
        follow(connection.unwrap(PGConnection.class));
      } catch (SQLException | RuntimeException e) {
        if (open && !away) {
          log.warn(
              "The database is unreachable; keys and names stay as last read: {}", e.getMessage());
          away = true;
        }
        pause(RETRY_PAUSE);
      }
    }
  }

  private void follow(PGConnection connection) throws SQLException {
    long refreshed = System.nanoTime();
    while (open) {
      if (isDue(pruned, PRUNE_AFTER)) {
        pruned = System.nanoTime();
        ChangeLog.tidy(db);
      }
      PGNotification[] changes =
          connection.getNotifications(Math.toIntExact(LISTEN_ROUND.toMillis()));
      boolean changed = changes != null && changes.length > 0;
      if (changed) {
        pause(GATHER);
        connection.getNotifications(); // of what the refresh will see too
      }
      if (changed || isDue(refreshed, RECONCILE_AFTER)) {
        refresh();
        refreshed = System.nanoTime();
      }
    }
  }

  private static boolean isDue(long lastNanos, Duration after) {
    return System.nanoTime() - lastNanos > after.toNanos();
  }

  private void pause(Duration length) {
    try {
      Thread.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      open = false;
    }
  }

  @Override
  public void close() {
    open = false;
    try {
      listener.join(LISTEN_ROUND.multipliedBy(4));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
