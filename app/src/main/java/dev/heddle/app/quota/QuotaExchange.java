package dev.heddle.app.quota;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.limits.LimitClaim;
import dev.heddle.registry.limits.LimitGrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the limits of a gate's tenants with the other replicas. A thread says to the fleet's pool
 * what was used, takes ahead, and gives back, for all tenants in one statement: four times a second
 * where there is something to say; what a request waits for at once. What came in meanwhile goes
 * together into the next statement, so that more requests make longer statements and not more of
 * them.
 *
 * <ul>
 *   <li>A replica that is alone counts by itself, and says nothing. When another one comes, it
 *       tells the pool what was used; a replica announces itself long before it takes requests.
 *   <li>While the database does not answer, each replica goes by its even part of every limit, as
 *       of the last replicas that it knew. When it answers again, the pool hears what was used.
 *   <li>What a replica held that is gone goes back to the pool with the next claim of any other.
 * </ul>
 */
public final class QuotaExchange implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QuotaExchange.class);

  /** Half of what is taken ahead lasts so long. */
  static final Duration PAUSE = Duration.ofMillis(250);

  /** Between statements where the pool had too little: whoever waits gets no more by haste. */
  static final Duration PACE = Duration.ofMillis(20);

  /** How long to leave a database alone that did not answer. */
  private static final Duration RETRY = Duration.ofMillis(500);

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  /** So many tenants' rows are locked at once. */
  private static final int TENANTS_AT_ONCE = 200;

  /** Where limits are shared. */
  @FunctionalInterface
  public interface Pool {
    /**
     * As {@link dev.heddle.registry.limits.LimitPool#exchange}.
     *
     * @throws RegistryException if it cannot be used now
     */
    List<LimitGrant> exchange(int replicas, List<LimitClaim> claims);
  }

  private final QuotaGate gate;
  private final Sharing sharing;
  private final IntSupplier replicas;
  private final Pool pool;
  private final LongSupplier clock;
  private long retryAt;
  private long wholeAt;
  private volatile boolean open = true;
  private @Nullable Thread thread;

  /**
   * @param replicas how many live, this process included; answers at once
   * @param clock nanoseconds, as System.nanoTime
   */
  QuotaExchange(QuotaGate gate, IntSupplier replicas, Pool pool, LongSupplier clock) {
    this.gate = gate;
    this.sharing = gate.sharing();
    this.replicas = replicas;
    this.pool = pool;
    this.clock = clock;
    this.retryAt = clock.getAsLong();
    this.wholeAt = retryAt;
  }

  /**
   * Begins to share, on a thread of its own; where others live, before this returns.
   *
   * @param replicas how many live, this process included; answers at once
   */
  public static QuotaExchange start(QuotaGate gate, IntSupplier replicas, Pool pool) {
    QuotaExchange exchange = new QuotaExchange(gate, replicas, pool, System::nanoTime);
    boolean _ = exchange.round(); // before any request comes
    exchange.thread = Thread.ofPlatform().name("heddle-quota").daemon().start(exchange::run);
    return exchange;
  }

  /** Only this thread goes by {@code wholeAt}; where nothing is shared it stays behind. */
  private Duration untilWhole() {
    long left = wholeAt - clock.getAsLong();
    return left > 0 ? Duration.ofNanos(left) : PAUSE;
  }

  private void run() {
    try {
      boolean scarce = false;
      while (open) {
        if (scarce) {
          Thread.sleep(PACE);
        }
        boolean _ = sharing.await(untilWhole());
        scarce = open && round();
      }
    } catch (InterruptedException e) {
      log.debug("limits are shared no more: the server is stopping", e);
    }
  }

  /**
   * Exchanges once what there is to say.
   *
   * @return whether the pool had too little for somebody
   */
  boolean round() {
    int living = Math.max(1, replicas.getAsInt());
    sharing.living(living);
    List<TenantQuota.Claimed> told = new ArrayList<>();
    try {
      return living == 1 ? goAlone(told) : share(living, told);
    } catch (RegistryException e) {
      goApart();
      log.debug("limits are not shared now", e);
    } catch (RuntimeException | Error e) { // or nobody would share any more
      goApart();
      log.error("Tenants' limits could not be shared, will try again", e);
    } finally {
      told.forEach(TenantQuota.Claimed::done);
    }
    return false;
  }

  /** Nobody else lives: what is in the pool is this process's. */
  private boolean goAlone(List<TenantQuota.Claimed> told) {
    if (sharing.split().pooled()) {
      boolean _ = tell(gate.quotas(), 1, true, true, told);
    }
    sharing.alone();
    return false;
  }

  private boolean share(int living, List<TenantQuota.Claimed> told) {
    if (!sharing.split().pooled()) {
      if (clock.getAsLong() - retryAt < 0) {
        return false;
      }
      List<LimitGrant> _ = pool.exchange(living, List.of()); // whether it answers
      sharing.pooled();
      gate.quotas().forEach(TenantQuota::tell);
    }
    long now = clock.getAsLong();
    boolean whole = now - wholeAt >= 0;
    wholeAt = whole ? now + PAUSE.toNanos() : wholeAt;
    boolean scarce = tell(sharing.take(whole), living, whole, false, told);
    if (!sharing.split().pooled()) { // a request waited for too long meanwhile
      retryLater();
    }
    return scarce;
  }

  private void goApart() {
    retryLater();
    sharing.apart(sharing.split());
  }

  private void retryLater() {
    retryAt = clock.getAsLong() + RETRY.toNanos();
  }

  /**
   * Tells what tenants have to tell.
   *
   * @param whole tells everything, not only what requests wait for
   * @param all leaves nothing in hand
   * @param told gets what was claimed, whatever comes of it
   */
  private boolean tell(
      Collection<TenantQuota> quotas,
      int living,
      boolean whole,
      boolean all,
      List<TenantQuota.Claimed> told) {
    Split split = sharing.split();
    boolean scarce = false;
    List<TenantQuota> left = List.copyOf(quotas);
    while (!left.isEmpty()) {
      List<TenantQuota> some = left.subList(0, Math.min(TENANTS_AT_ONCE, left.size()));
      List<TenantQuota.Claimed> claimed =
          some.stream().map(quota -> quota.claim(whole, all)).toList();
      told.addAll(claimed);
      scarce |= exchange(claimed, living, split);
      claimed.forEach(TenantQuota.Claimed::done); // and do not wait for the others
      some.forEach(TenantQuota::tell); // what it keeps is looked at again later
      left = left.subList(some.size(), left.size());
    }
    return scarce;
  }

  private boolean exchange(List<TenantQuota.Claimed> claimed, int living, Split split) {
    List<LimitClaim> claims = claimed.stream().flatMap(each -> each.claims().stream()).toList();
    boolean scarce = false;
    if (!claims.isEmpty()) {
      for (LimitGrant grant : pool.exchange(living, claims)) {
        TenantQuota quota = gate.known(grant.tenant());
        scarce |= quota != null && quota.granted(grant, split);
      }
    }
    return scarce;
  }

  /** Ends sharing: this process goes by its even part from now on. */
  @Override
  public void close() {
    open = false;
    try {
      if (thread != null && !thread.join(CLOSE_WAIT)) {
        log.warn("Sharing limits does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sharing.end();
  }
}
