package dev.heddle.registry.replica;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on what all processes of the fleet share, of which one process does it at a time: the one
 * whose session has an advisory lock. The database ends the session of a leader that says nothing
 * for five beats, and another one leads; the epoch tells the former that it does not. Safe for any
 * thread.
 *
 * <p>The lock needs a session of its own: a proxy before the database has to pool by session.
 */
public final class Leader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leader.class);

  /** One for a database, beside that of {@code AppRole}. */
  private static final long LOCK = 0x6865_6464_6c65_0001L;

  private static final int BEATS_SILENT = 5;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  /** What a leader does. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it once.
     *
     * @throws InterruptedException if the process stops
     */
    void run(Fence fence) throws InterruptedException;
  }

  /** To be asked before each step that a process must not do that leads no more. */
  @FunctionalInterface
  public interface Fence {
    /** Of a process that has the shared state for itself. */
    Fence NONE = () -> {};

    /**
     * Does nothing while this process leads.
     *
     * @throws ConflictException {@code not-leader} if another one does
     */
    void require();
  }

  private final RegistryDatabase db;
  private final Start self;
  private final Duration beat;
  private final List<Thread> threads = new ArrayList<>();
  private final Object leading = new Object();
  private long epoch;
  private volatile boolean open = true;

  /**
   * Begins to stand for leadership.
   *
   * @param beat how often a leader says that it lives, and another asks whether it may lead
   */
  public Leader(RegistryDatabase db, Start self, Duration beat) {
    this.db = db;
    this.self = self;
    this.beat = beat;
    start("heddle-leader", this::stand);
  }

  /**
   * Runs a task again and again while this process leads, on a thread of its own. A run that fails
   * is logged, and tried again after the pause.
   *
   * @param first how long to wait before the first run
   * @param pause between the end of a run and the next
   */
  public void every(String name, Duration first, Duration pause, Task task) {
    start("heddle-leader-" + name, () -> repeat(name, first, pause, task));
  }

  /** Whether this process leads, as far as it knows. */
  public boolean leads() {
    synchronized (leading) {
      return epoch > 0;
    }
  }

  /** What ends by an interrupt. */
  private interface Loop {
    void run() throws InterruptedException;
  }

  private void start(String name, Loop loop) {
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .unstarted(() -> {
              try {
                loop.run();
              } catch (InterruptedException e) {
                log.debug("{} ends: the server is stopping", name, e);
              }
            });
    synchronized (threads) {
      threads.add(thread);
    }
    thread.start();
  }

  // ---- who leads

  private void stand() throws InterruptedException {
    boolean away = false;
    while (open) {
      try (Connection connection = db.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("set idle_session_timeout = " + BEATS_SILENT * beat.toMillis());
        away = false;
        while (open) {
          if (leads()) {
            statement.execute("select 1");
          } else {
            tryToLead(statement);
          }
          TimeUnit.NANOSECONDS.sleep(beat.toNanos());
        }
      } catch (SQLException e) {
        if (open && !away) {
          away = true;
          log.warn("Cannot stand for leadership now: {}", e.getMessage());
        }
      } catch (RuntimeException | Error e) { // or nobody here would ever lead again
        log.error("Cannot stand for leadership now", e);
      } finally {
        become(0);
      }
      TimeUnit.NANOSECONDS.sleep(beat.toNanos());
    }
  }

  private void tryToLead(Statement statement) throws SQLException {
    if (first(statement, "select pg_try_advisory_lock(" + LOCK + ")").equals("t")) {
      String raise =
          "update leadership set epoch = epoch + 1, leader = '"
              + self.replica()
              + "', since = now() returning epoch";
      become(Long.parseLong(first(statement, raise)));
      log.info("This replica leads: it does what one does for all");
    }
  }

  private static String first(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void become(long now) {
    synchronized (leading) {
      if (epoch > 0 && now == 0 && open) {
        log.warn("This replica leads no more");
      }
      epoch = now;
      leading.notifyAll();
    }
  }

  // ---- what it does

  private void repeat(String name, Duration first, Duration pause, Task task)
      throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(first.toNanos());
    while (open) {
      run(name, awaitLeading(), task);
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }

  private long awaitLeading() throws InterruptedException {
    synchronized (leading) {
      while (epoch == 0) {
        leading.wait();
      }
      return epoch;
    }
  }

  private void run(String name, long at, Task task) throws InterruptedException {
    try {
      task.run(() -> require(at));
    } catch (UnavailableException e) { // what is away says so once itself, and needs no trace
      if (open) {
        log.warn("The leader's task '{}' waits for what is away: {}", name, e.getMessage());
      }
    } catch (RegistryException e) {
      if (open) {
        log.warn("The leader's task '{}' could not be done, will try again", name, e);
      }
    } catch (RuntimeException | Error e) { // or there would be no next time
      if (open) {
        log.error("The leader's task '{}' failed, will try again", name, e);
      }
    }
  }

  private void require(long at) {
    boolean leads =
        db.read(jdbc ->
            jdbc.sql("select exists (select from leadership where epoch = :epoch)")
                .param("epoch", at)
                .query(Boolean.class)
                .single());
    if (!leads) {
      throw new ConflictException("not-leader", "another replica leads now");
    }
  }

  /** Ends the tasks, then lets others lead. */
  @Override
  public void close() {
    open = false;
    List<Thread> all;
    synchronized (threads) {
      all = List.copyOf(threads);
    }
    all.forEach(Thread::interrupt);
    try {
      for (Thread thread : all) {
        if (!thread.join(CLOSE_WAIT)) {
          log.warn("{} does not end", thread.getName());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
