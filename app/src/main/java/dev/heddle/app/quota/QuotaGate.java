package dev.heddle.app.quota;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets a tenant's requests in as far as its limits go. All is counted in memory, by this process
 * alone, and exactly once; nothing waits. Any thread.
 *
 * <p>A limit per minute is a bucket that holds as much and refills evenly: after a pause a whole
 * minute's worth may be begun at once. Tokens are reserved for the longest answer there can be and
 * given back when it ends. Limits apply to the next request after they change; what was used stays
 * used. A limit that is new starts full.
 */
public final class QuotaGate {
  private final Function<UUID, TenantLimits> limits;
  private final Function<UUID, Map<Digest, Integer>> pinned;
  private final LongSupplier clock;
  private final Consumer<Limit> refusals;
  private final Map<UUID, TenantQuota> tenants = new ConcurrentHashMap<>();

  /**
   * @param limits a tenant's, as they are now; answers at once
   * @param pinned slots of a tenant's pinned adapters, as they are now; answers at once
   * @param clock nanoseconds, as System.nanoTime
   * @param refusals told of each refusal
   */
  public QuotaGate(
      Function<UUID, TenantLimits> limits,
      Function<UUID, Map<Digest, Integer>> pinned,
      LongSupplier clock,
      Consumer<Limit> refusals) {
    this.limits = limits;
    this.pinned = pinned;
    this.clock = clock;
    this.refusals = refusals;
  }

  /**
   * Takes all that a request needs, or nothing.
   *
   * @throws QuotaException saying which limit refuses it
   */
  Reservation admit(Demand demand) {
    return told(() -> quota(demand.tenant()).admit(demand));
  }

  /**
   * As {@link #admit(Demand)} for a request that has its turn, which is given back if it is
   * refused.
   *
   * @throws QuotaException saying which limit refuses it
   */
  public Reservation admit(Demand demand, RequestTurn turn) {
    return told(() -> quota(demand.tenant()).admit(demand, turn));
  }

  /**
   * Takes one request of the tenant's limit before the request is read.
   *
   * @throws QuotaException {@link Limit#REQUESTS_PER_MINUTE}
   */
  public RequestTurn takeTurn(UUID tenant) {
    return told(() -> quota(tenant).takeTurn(new Demand(tenant, 0, 0, null, 0)));
  }

  /**
   * Looks whether an adapter may be loaded ahead of its requests; takes nothing.
   *
   * @param slots expert slots that it needs when nothing is shared
   * @throws QuotaException {@link Limit#RESIDENT_SLOTS}
   */
  public void requireSlots(UUID tenant, Digest adapter, int slots) {
    told(() -> {
      quota(tenant).requireSlots(new Demand(tenant, 0, 0, adapter, slots));
      return adapter;
    });
  }

  /** What a tenant uses now. */
  public Consumption consumption(UUID tenant) {
    return quota(tenant).consumption();
  }

  private <T> T told(Supplier<T> taking) {
    try {
      return taking.get();
    } catch (QuotaException e) {
      refusals.accept(e.limit());
      throw e;
    }
  }

  private TenantQuota quota(UUID tenant) {
    return tenants.computeIfAbsent(
        tenant, id -> new TenantQuota(() -> limits.apply(id), () -> pinned.apply(id), clock));
  }
}
