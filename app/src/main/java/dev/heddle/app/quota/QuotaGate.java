package dev.heddle.app.quota;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Lets a tenant's requests in as far as its limits go. Any thread.
 *
 * <p>A process that is alone counts all in memory, exactly once. Replicas share limits by a {@link
 * QuotaExchange}: each takes ahead what its requests will need, so that they wait only where
 * nothing is in hand here and there may be more in the database. Resident slots are each process's
 * own.
 *
 * <p>A limit per minute is a bucket that holds as much and refills evenly: after a pause a whole
 * minute's worth may be begun at once. Tokens are reserved for the longest answer there can be and
 * given back when it ends. Limits apply to the next request after they change; what was used stays
 * used. A limit that is new starts full.
 */
public final class QuotaGate {
  /** How long a request waits for the database before this process goes by itself. */
  static final Duration ANSWER_WAIT = Duration.ofSeconds(1);

  private final Function<UUID, TenantLimits> limits;
  private final Function<UUID, Map<Digest, Integer>> pinned;
  private final LongSupplier clock;
  private final Consumer<Limit> refusals;
  private final Scheduler scheduler;
  private final Sharing sharing = new Sharing();
  private final Map<UUID, TenantQuota> tenants = new ConcurrentHashMap<>();

  /** As the other, with waits on threads that all share. */
  public QuotaGate(
      Function<UUID, TenantLimits> limits,
      Function<UUID, Map<Digest, Integer>> pinned,
      LongSupplier clock,
      Consumer<Limit> refusals) {
    this(limits, pinned, clock, refusals, Schedulers.parallel());
  }

  /**
   * @param limits a tenant's, as they are now; answers at once
   * @param pinned slots of a tenant's pinned adapters, as they are now; answers at once
   * @param clock nanoseconds, as System.nanoTime
   * @param refusals told of each refusal
   * @param scheduler where a request goes on that has waited
   */
  QuotaGate(
      Function<UUID, TenantLimits> limits,
      Function<UUID, Map<Digest, Integer>> pinned,
      LongSupplier clock,
      Consumer<Limit> refusals,
      Scheduler scheduler) {
    this.limits = limits;
    this.pinned = pinned;
    this.clock = clock;
    this.refusals = refusals;
    this.scheduler = scheduler;
  }

  /**
   * Does what a request needs its turn for, which is one of the tenant's limit. Fails with a {@link
   * QuotaException} of {@link Limit#REQUESTS_PER_MINUTE}.
   *
   * @param work is subscribed to at once; gives the turn back if it is cancelled
   */
  public <T> Mono<T> inTurn(UUID tenant, Function<RequestTurn, Mono<T>> work) {
    return Mono.defer(() -> {
      try {
        return work.apply(quota(tenant).takeTurn(new Demand(tenant, 0, 0, null, 0)));
      } catch (QuotaException e) {
        return pending(e).then(inTurn(tenant, work));
      }
    });
  }

  /**
   * Takes all that a request needs that has its turn, and uses it; or takes nothing. Fails with a
   * {@link QuotaException} saying which limit refuses it; the turn is given back then.
   *
   * @param work is subscribed to at once; ends the reservation, if it is cancelled too
   */
  public <T> Flux<T> admitted(
      Demand demand, RequestTurn turn, Function<Reservation, Flux<T>> work) {
    return Flux.defer(() -> {
      try {
        return work.apply(quota(demand.tenant()).admit(demand, turn));
      } catch (QuotaException e) {
        return pending(e).thenMany(admitted(demand, turn, work));
      }
    });
  }

  /**
   * Gives a turn back so that another replica finds it, to which the request goes. Completes at
   * once unless it may be the last one there is.
   */
  public Mono<Void> handBack(RequestTurn turn) {
    return Mono.defer(() -> {
      turn.giveBack();
      return answered(turn.quota().handBack());
    });
  }

  /** What a tenant uses now, in all of the fleet if the database answers. */
  public Mono<Consumption> latest(UUID tenant) {
    TenantQuota quota = quota(tenant);
    return Mono.defer(() -> answered(quota.ask())).then(Mono.fromSupplier(quota::consumption));
  }

  /** Completes when a request may try again; fails if the refusal holds. */
  private Mono<Void> pending(QuotaException refusal) {
    if (refusal.answer() == null) {
      refusals.accept(refusal.limit());
      return Mono.error(refusal);
    }
    return answered(refusal.answer());
  }

  private Mono<Void> answered(@Nullable CompletableFuture<Void> answer) {
    if (answer == null) {
      return Mono.empty();
    }
    Split split = sharing.split();
    return Mono.fromFuture(answer, true)
        .timeout(ANSWER_WAIT, scheduler)
        .onErrorResume(
            TimeoutException.class,
            late -> {
              sharing.apart(split);
              return Mono.empty();
            })
        .publishOn(scheduler);
  }

  /**
   * Looks whether an adapter may be loaded ahead of its requests; takes nothing.
   *
   * @param slots expert slots that it needs when nothing is shared
   * @throws QuotaException {@link Limit#RESIDENT_SLOTS}
   */
  public void requireSlots(UUID tenant, Digest adapter, int slots) {
    try {
      quota(tenant).requireSlots(new Demand(tenant, 0, 0, adapter, slots));
    } catch (QuotaException e) {
      refusals.accept(e.limit());
      throw e;
    }
  }

  private TenantQuota quota(UUID tenant) {
    return tenants.computeIfAbsent(
        tenant,
        id -> new TenantQuota(id, () -> limits.apply(id), () -> pinned.apply(id), clock, sharing));
  }

  Sharing sharing() {
    return sharing;
  }

  /** Of all tenants that were here since the start. */
  Collection<TenantQuota> quotas() {
    return tenants.values();
  }

  /** Of a tenant that was here; it may not come from elsewhere. */
  @Nullable TenantQuota known(UUID tenant) {
    return tenants.get(tenant);
  }
}
