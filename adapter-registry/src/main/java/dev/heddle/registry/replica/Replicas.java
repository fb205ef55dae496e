package dev.heddle.registry.replica;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet as this process sees it, and this process as the fleet sees it. A thread announces the
 * process and reads who else lives, a few times in each beat; {@link #live} answers from memory.
 * While the database is away the last picture stays. Safe for any thread.
 */
public final class Replicas implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** What is resident, and who lives, is looked at so often in a beat. */
  private static final int LOOKS_PER_BEAT = 4;

  /** Gone after so many beats without a word; the same number is in {@code replica_lives}. */
  private static final int BEATS_MISSED = 3;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final RegistryDatabase db;
  private final ReplicaRows rows;
  private final ReplicaSettings settings;
  private final Start self;
  private final Object announcing = new Object();
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private Announcement said = Announcement.STARTING;
  private long saidAt;
  private volatile boolean away;
  private volatile Supplier<Announcement> source = () -> Announcement.STARTING;
  private volatile boolean draining;
  private volatile boolean superseded;
  private volatile long steadyFrom = System.nanoTime();
  private volatile boolean open = true;
  private volatile List<Replica> live;
  private volatile int living;

  /**
   * Announces this process, as a new start on its data folder.
   *
   * @throws RegistryException if the database cannot be used
   */
  public Replicas(RegistryDatabase db, ReplicaSettings settings) {
    this.db = db.apart(); // work that has all connections must not make this process look dead
    this.rows = new ReplicaRows(this.db);
    this.settings = settings;
    try {
      this.self = new Start(settings.id(), rows.nextEpoch());
      this.saidAt = System.nanoTime();
      announce(said);
      this.live = rows.live();
      this.living = count(live);
    } catch (RuntimeException e) {
      this.db.close();
      throw e;
    }
    this.thread = Thread.ofPlatform().name("heddle-replica").daemon().start(this::run);
  }

  /** This process's own start: the owner of what it writes. */
  public Start self() {
    return self;
  }

  /**
   * Who lives, this process included, by id; as of at most a quarter of a beat ago while the
   * database answers, or a beat while this process is alone. Never waits.
   */
  public List<Replica> live() {
    return live;
  }

  /** Whether nobody else lives, by {@link #living}. Never waits. */
  public boolean isAlone() {
    return living == 1;
  }

  /**
   * How many live, this process included, be it late to say so; as of at most a beat ago. Does not
   * fall while this process is not {@link #isSteady steady}: the others may have been away with the
   * database. Never waits.
   */
  public int living() {
    return living;
  }

  private int count(List<Replica> all) {
    return 1 + (int) all.stream().filter(replica -> !replica.start().equals(self)).count();
  }

  /** Starts that live at this moment. Asks the database. */
  public Set<Start> lookNow() {
    return rows.live().stream().map(Replica::start).collect(Collectors.toSet());
  }

  /** A process that lives, by the id of its data folder. Never waits. */
  public Optional<Replica> find(UUID id) {
    return live.stream().filter(replica -> replica.id().equals(id)).findFirst();
  }

  /**
   * Whether this process has been announcing itself for so long that, if the database was away, all
   * others that live have had the time to do so again: who is not there then is gone.
   */
  public boolean isSteady() {
    return !away && System.nanoTime() - steadyFrom > silenceMax().toNanos();
  }

  /**
   * Whether it is certain that a start does not live: it is not there, and would be, had only the
   * database been away. Never waits.
   */
  public boolean isGone(Replica replica) {
    return isSteady() && live.stream().noneMatch(each -> each.start().equals(replica.start()));
  }

  /** How often this process announces itself. */
  public Duration beat() {
    return settings.beat();
  }

  /** Forgets processes that nobody has seen for a month, and that have no upload. */
  public void forgetOld() {
    rows.removeOld();
  }

  /** After how much silence a process of these settings is gone. */
  public Duration silenceMax() {
    return settings.beat().multipliedBy(BEATS_MISSED);
  }

  /**
   * Says from now on what {@code source} gives.
   *
   * @param source is called a few times in each beat by one thread; does not block for long
   */
  public void describe(Supplier<Announcement> source) {
    this.source = source;
  }

  /** Says at once, on its own thread, that this process takes no more requests until its end. */
  public void drain() {
    draining = true;
    news.release();
  }

  private void run() {
    long pause = settings.beat().dividedBy(LOOKS_PER_BEAT).toNanos();
    try {
      while (open) {
        if (news.tryAcquire(pause, TimeUnit.NANOSECONDS)) {
          news.drainPermits();
        }
        if (open) {
          look();
        }
      }
    } catch (InterruptedException e) {
      log.debug("announcing stops: the server is stopping", e);
    }
  }

  private void look() {
    try {
      Announcement now = now();
      boolean due = System.nanoTime() - saidAt >= settings.beat().toNanos();
      synchronized (announcing) {
        if (open && !superseded && (due || now.differsInMoreThanLoad(said))) {
          announce(now);
        }
      }
      if (due || !isAlone()) {
        List<Replica> all = rows.live();
        int count = count(all);
        living = isSteady() ? count : Math.max(living, count);
        live = all;
      }
      if (away) {
        steadyFrom = System.nanoTime();
        away = false;
        log.info("This replica announces itself again");
      }
    } catch (RegistryException e) {
      if (!away) {
        away = true;
        log.warn(
            "This replica cannot announce itself; after {} s the others take it for gone: {}",
            silenceMax().toSeconds(),
            e.getMessage());
      }
    } catch (RuntimeException | Error e) { // or there would be no next time
      log.error("This replica could not announce itself, will try again", e);
    }
  }

  private Announcement now() {
    Announcement now = source.get();
    return draining ? now.with(Replica.State.DRAINING) : now;
  }

  private void announce(Announcement now) {
    synchronized (announcing) {
      long at = System.nanoTime();
      if (rows.announce(settings, self.epoch(), now)) {
        said = now;
        saidAt = at;
      } else if (!superseded) {
        superseded = true;
        log.error(
            "Another process started with a copy of this data folder. It owns the uploads and"
                + " checks of this one now: stop one of them, and remove the file 'replica' from"
                + " its data folder");
      }
    }
  }

  /** Says that this process has ended, if the database answers. */
  @Override
  public void close() {
    open = false;
    news.release();
    try {
      boolean _ = thread.join(CLOSE_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!away) {
      stopped();
    }
    db.close();
  }

  private void stopped() {
    try {
      announce(said.with(Replica.State.STOPPED));
    } catch (RegistryException e) {
      log.warn("The other replicas could not be told that this one stops: {}", e.getMessage());
    }
  }
}
