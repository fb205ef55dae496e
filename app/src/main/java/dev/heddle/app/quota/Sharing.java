package dev.heddle.app.quota;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process's limits are divided with others now, and whose have something to tell. Any thread.
 */
final class Sharing {
  private static final Logger log = LoggerFactory.getLogger(Sharing.class);

  private final Set<TenantQuota> news = ConcurrentHashMap.newKeySet();
  private final Set<TenantQuota> asking = ConcurrentHashMap.newKeySet();
  private final Semaphore urgent = new Semaphore(0);
  private volatile Split split = Split.ALONE;
  private volatile int living = 1;

  Split split() {
    return split;
  }

  /** So many live now, this process included; those that share may still be as many as before. */
  void living(int replicas) {
    living = replicas;
  }

  /** Nobody else lives. */
  synchronized void alone() {
    if (!split.isAlone()) {
      log.info("Tenants' limits are this replica's alone");
      split = split.next(false, 1);
    }
  }

  /** All take shares of one pool from now on. */
  synchronized void pooled() {
    int replicas = living;
    log.info("Tenants' limits are shared by {} replicas", replicas);
    split = split.next(true, replicas);
  }

  /**
   * The pool cannot be used: this process goes by an even part, as of those that lived last, until
   * it can again.
   *
   * @param seen the split of whoever found that out; nothing is done if it holds no more
   */
  synchronized void apart(Split seen) {
    int replicas = living;
    if (split.equals(seen) && (seen.pooled() || seen.replicas() != replicas)) {
      log.warn(
          "The database does not answer in time: this replica goes by its even part, 1 of {}, of"
              + " every tenant's limits",
          replicas);
      split = split.next(false, replicas);
    }
  }

  /** Nobody asks the pool any more. */
  synchronized void end() {
    split = split.next(false, split.replicas());
  }

  /**
   * The pool is to hear of a tenant's limits.
   *
   * @param now a request waits for it
   */
  void tell(TenantQuota quota, boolean now) {
    (now ? asking : news).add(quota);
    if (now) {
      urgent.release();
    }
  }

  /**
   * Waits for a request that waits, but no longer than so.
   *
   * @return whether there is one
   */
  boolean await(Duration most) throws InterruptedException {
    boolean now = urgent.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
    urgent.drainPermits();
    return now;
  }

  /**
   * Those that have something to tell; whoever takes them tells it.
   *
   * @param all not only those whose requests wait
   */
  Set<TenantQuota> take(boolean all) {
    Set<TenantQuota> taken = taken(asking);
    if (all) {
      taken.addAll(taken(news));
    }
    return taken;
  }

  /** They are removed before they are read: who has more to tell meanwhile is there again. */
  private static Set<TenantQuota> taken(Set<TenantQuota> from) {
    Set<TenantQuota> taken = new HashSet<>(from);
    from.removeAll(taken);
    return taken;
  }
}
