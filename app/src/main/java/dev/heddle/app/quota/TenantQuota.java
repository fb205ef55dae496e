package dev.heddle.app.quota;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant has in use, and what it may. Its monitor is held for sums only, never for I/O or
 * a wait.
 */
final class TenantQuota {
  private static final class Use {
    final int slots;
    int requests;

    Use(int slots) {
      this.slots = slots;
    }
  }

  /** Until a request of the tenant ends, whenever that is. */
  private static final long UNKNOWN_WAIT = 1;

  private final Supplier<TenantLimits> limits;
  private final Supplier<Map<Digest, Integer>> pinned;
  private final LongSupplier clock;
  private final Map<Digest, Use> adapters = new HashMap<>();
  private TenantLimits current = TenantLimits.NONE;
  private @Nullable MinuteBucket requests;
  private @Nullable MinuteBucket tokens;
  private int sequences;

  /**
   * @param limits as they are now
   * @param pinned slots of the tenant's pinned adapters
   */
  TenantQuota(
      Supplier<TenantLimits> limits, Supplier<Map<Digest, Integer>> pinned, LongSupplier clock) {
    this.limits = limits;
    this.pinned = pinned;
    this.clock = clock;
  }

  /** As {@link #admit(Demand, RequestTurn)} for a request that has taken nothing yet. */
  synchronized Reservation admit(Demand demand) {
    return admit(demand, new RequestTurn(this, null));
  }

  /**
   * Takes all that a request needs, or nothing. The request itself is taken already, and given back
   * if it is refused.
   *
   * @throws QuotaException saying which limit refuses it
   */
  synchronized Reservation admit(Demand demand, RequestTurn turn) {
    configure();
    giveBack(turn); // nobody comes between: it is taken again below
    Map<Digest, Integer> pins = pinned.get();
    for (Limit limit : Limit.values()) {
      if (asked(limit, demand, pins) > allowed(limit)) {
        throw refusal(limit, demand, 0, pins);
      }
    }
    Limit longest = Limit.REQUESTS_PER_MINUTE;
    long wait = 0;
    for (Limit limit : Limit.values()) {
      long nanos = delay(limit, demand, pins);
      if (nanos > wait) {
        longest = limit;
        wait = nanos;
      }
    }
    if (wait > 0) {
      throw refusal(longest, demand, wait, pins);
    }
    return take(demand, pins);
  }

  /**
   * Looks whether the adapter's slots would be let in; takes nothing.
   *
   * @throws QuotaException if not
   */
  synchronized void requireSlots(Demand demand) {
    configure();
    Map<Digest, Integer> pins = pinned.get();
    Limit limit = Limit.RESIDENT_SLOTS;
    long wait = delay(limit, demand, pins);
    if (asked(limit, demand, pins) > allowed(limit) || wait > 0) {
      throw refusal(limit, demand, wait, pins);
    }
  }

  /**
   * Takes one request of the limit per minute, before it is read.
   *
   * @throws QuotaException if none is left
   */
  synchronized RequestTurn takeTurn(Demand demand) {
    configure();
    long wait = requests == null ? 0 : requests.delay(1);
    if (allowed(Limit.REQUESTS_PER_MINUTE) < 1 || wait > 0) {
      throw refusal(Limit.REQUESTS_PER_MINUTE, demand, wait, pinned.get());
    }
    if (requests != null) {
      requests.take(1);
    }
    return new RequestTurn(this, requests);
  }

  synchronized void giveBack(RequestTurn turn) {
    if (!turn.spent && turn.requests() != null) {
      turn.requests().giveBack(1);
    }
    turn.spent = true;
  }

  synchronized Consumption consumption() {
    configure();
    return consumption(pinned.get());
  }

  /**
   * Gives back what a request had, but for what it used. Only the first call for a reservation does
   * anything.
   *
   * @param used tokens
   * @param counts whether it stays counted as a request
   */
  synchronized void settle(Reservation reservation, long used, boolean counts) {
    if (reservation.settled) {
      return;
    }
    reservation.settled = true;
    Demand demand = reservation.demand();
    sequences -= demand.sequences();
    if (demand.adapter() != null) {
      Use use = Objects.requireNonNull(adapters.get(demand.adapter()));
      use.requests--;
      if (use.requests == 0) {
        adapters.remove(demand.adapter());
      }
    }
    if (reservation.tokens() != null) {
      reservation.tokens().giveBack(demand.tokens() - Math.min(used, demand.tokens()));
    }
    if (reservation.requests() != null && !counts) {
      reservation.requests().giveBack(1);
    }
  }

  /** Read under the monitor, so that limits never go back to older ones. */
  private void configure() {
    TenantLimits now = limits.get();
    if (!now.equals(current)) {
      requests = configured(requests, now.requestsPerMinute());
      tokens = configured(tokens, now.tokensPerMinute());
      current = now;
    }
  }

  private @Nullable MinuteBucket configured(@Nullable MinuteBucket bucket, @Nullable Long limit) {
    if (limit == null) {
      return null;
    }
    if (bucket == null) {
      return new MinuteBucket(limit, clock);
    }
    if (bucket.limit() != limit) {
      bucket.limit(limit);
    }
    return bucket;
  }

  private QuotaException refusal(Limit limit, Demand demand, long wait, Map<Digest, Integer> pins) {
    return new QuotaException(
        limit, asked(limit, demand, pins), allowed(limit), wait, consumption(pins));
  }

  /** What the request needs of a limit. */
  private static long asked(Limit limit, Demand demand, Map<Digest, Integer> pins) {
    return switch (limit) {
      case REQUESTS_PER_MINUTE -> 1;
      case TOKENS_PER_MINUTE -> demand.tokens();
      case CONCURRENT_SEQUENCES -> demand.sequences();
      case RESIDENT_SLOTS -> isPinned(demand, pins) ? 0 : demand.slots();
    };
  }

  private long allowed(Limit limit) {
    Number allowed =
        switch (limit) {
          case REQUESTS_PER_MINUTE -> current.requestsPerMinute();
          case TOKENS_PER_MINUTE -> current.tokensPerMinute();
          case CONCURRENT_SEQUENCES -> current.concurrentSequences();
          case RESIDENT_SLOTS -> current.residentSlots();
        };
    return allowed == null ? Long.MAX_VALUE : allowed.longValue();
  }

  /** Nanoseconds until the limit lets the request in, as far as that is known; 0 for now. */
  private long delay(Limit limit, Demand demand, Map<Digest, Integer> pins) {
    return switch (limit) {
      case REQUESTS_PER_MINUTE -> requests == null ? 0 : requests.delay(1);
      case TOKENS_PER_MINUTE -> tokens == null ? 0 : tokens.delay(demand.tokens());
      case CONCURRENT_SEQUENCES ->
          sequences + (long) demand.sequences() > allowed(limit) ? UNKNOWN_WAIT : 0;
      case RESIDENT_SLOTS -> slotsWith(demand, pins) > allowed(limit) ? UNKNOWN_WAIT : 0;
    };
  }

  /**
   * Slots that the tenant would have with the request let in. The base model and what is pinned add
   * nothing, and are let in however many there are.
   */
  private long slotsWith(Demand demand, Map<Digest, Integer> pins) {
    if (demand.adapter() == null || isPinned(demand, pins)) {
      return 0;
    }
    boolean counted = adapters.containsKey(demand.adapter());
    return (long) slots(pins) + (counted ? 0 : demand.slots());
  }

  private static boolean isPinned(Demand demand, Map<Digest, Integer> pins) {
    return demand.adapter() != null && pins.containsKey(demand.adapter());
  }

  private int slots(Map<Digest, Integer> pins) {
    int sum = 0;
    for (int slots : pins.values()) {
      sum += slots;
    }
    for (Map.Entry<Digest, Use> adapter : adapters.entrySet()) {
      sum += pins.containsKey(adapter.getKey()) ? 0 : adapter.getValue().slots;
    }
    return sum;
  }

  private Reservation take(Demand demand, Map<Digest, Integer> pins) {
    if (requests != null) {
      requests.take(1);
    }
    if (tokens != null) {
      tokens.take(demand.tokens());
    }
    sequences += demand.sequences();
    if (demand.adapter() != null) {
      adapters.computeIfAbsent(demand.adapter(), digest -> new Use(demand.slots())).requests++;
    }
    return new Reservation(this, demand, requests, tokens, consumption(pins));
  }

  private Consumption consumption(Map<Digest, Integer> pins) {
    return new Consumption(
        requests == null ? null : requests.rate(),
        tokens == null ? null : tokens.rate(),
        sequences,
        slots(pins));
  }
}
