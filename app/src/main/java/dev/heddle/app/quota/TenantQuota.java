package dev.heddle.app.quota;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.limits.LimitClaim;
import dev.heddle.registry.limits.LimitGrant;
import dev.heddle.registry.limits.SharedLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

  private final UUID tenant;
  private final Supplier<TenantLimits> limits;
  private final Supplier<Map<Digest, Integer>> pinned;
  private final Sharing sharing;
  private final Map<Digest, Use> adapters = new HashMap<>();
  private TenantLimits current = TenantLimits.NONE;
  private final Allowance requests;
  private final Allowance tokens;
  private final Allowance sequences;

  /** Told when the pool has answered those who wait. */
  private @Nullable CompletableFuture<Void> answer;

  /** The pool is to hear at once of more than what requests wait for. */
  private boolean urgent;

  /**
   * @param limits as they are now
   * @param pinned slots of the tenant's pinned adapters
   */
  TenantQuota(
      UUID tenant,
      Supplier<TenantLimits> limits,
      Supplier<Map<Digest, Integer>> pinned,
      LongSupplier clock,
      Sharing sharing) {
    this.tenant = tenant;
    this.limits = limits;
    this.pinned = pinned;
    this.sharing = sharing;
    this.requests = new Allowance(SharedLimit.REQUESTS_PER_MINUTE, clock);
    this.tokens = new Allowance(SharedLimit.TOKENS_PER_MINUTE, clock);
    this.sequences = new Allowance(SharedLimit.CONCURRENT_SEQUENCES, clock);
  }

  /**
   * Takes all that a request needs, or nothing. The request itself is taken already, and given back
   * if it is refused.
   *
   * @throws QuotaException saying which limit refuses it
   */
  synchronized Reservation admit(Demand demand, RequestTurn turn) {
    configure();
    Map<Digest, Integer> pins = pinned.get();
    for (Limit limit : Limit.values()) {
      if (asked(limit, demand, pins) > allowed(limit)) {
        end(turn, 0);
        throw refusal(limit, demand, 0, pins);
      }
    }
    Limit longest = Limit.REQUESTS_PER_MINUTE;
    long wait = 0;
    boolean mayBeMore = true;
    for (Limit limit : Limit.values()) {
      long nanos = turn.holds(limit) ? 0 : delay(limit, demand, pins);
      mayBeMore &= nanos == 0 || mayBeMore(limit, demand);
      if (nanos > wait) {
        longest = limit;
        wait = nanos;
      }
    }
    if (wait == 0) {
      return take(demand, turn, pins);
    }
    if (!mayBeMore) {
      end(turn, 0);
      throw refusal(longest, demand, wait, pins);
    }
    for (Limit limit : Limit.values()) {
      Allowance allowance = turn.holds(limit) ? null : allowance(limit);
      if (allowance != null && allowance.isLimited()) { // or what is there would go back meanwhile
        allowance.ask(amount(limit, demand));
      }
    }
    throw refusal(longest, demand, wait, pins).unless(answer());
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
    long wait = requests.delay(1);
    if (allowed(Limit.REQUESTS_PER_MINUTE) < 1 || wait > 0) {
      QuotaException refusal = refusal(Limit.REQUESTS_PER_MINUTE, demand, wait, pinned.get());
      if (refusal.isForGood() || !requests.mayBeMore(1)) {
        throw refusal;
      }
      requests.ask(1);
      throw refusal.unless(answer());
    }
    if (!requests.isLimited()) {
      return new RequestTurn(this, null);
    }
    requests.take(1);
    tell(false);
    return new RequestTurn(this, requests);
  }

  /**
   * Ends a turn that is no part of a reservation. Only the first call for a turn does anything.
   *
   * @param used 1 if it stays counted as a request, otherwise 0
   */
  synchronized void end(RequestTurn turn, long used) {
    if (!turn.spent && turn.requests() != null) {
      turn.requests().settle(1, used);
      tell(false);
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
    sequences.settle(demand.sequences(), 0);
    if (demand.adapter() != null) {
      Use use = Objects.requireNonNull(adapters.get(demand.adapter()));
      use.requests--;
      if (use.requests == 0) {
        adapters.remove(demand.adapter());
      }
    }
    if (reservation.tokens() != null) {
      reservation.tokens().settle(demand.tokens(), Math.min(used, demand.tokens()));
    }
    if (reservation.requests() != null) {
      reservation.requests().settle(1, counts ? 1 : 0);
    }
    urgent |= sequences.isMissed();
    tell(urgent);
  }

  // ---- sharing

  /**
   * Whether requests that are given back here may be missed elsewhere, so that they should go back
   * to the pool at once: told when they have.
   */
  synchronized @Nullable CompletableFuture<Void> handBack() {
    configure();
    if (!requests.isScarce() || !requests.hasNews()) {
      return null;
    }
    urgent = true;
    return answer();
  }

  /** Asks the pool how things are; null where there is none, or nothing to ask. */
  synchronized @Nullable CompletableFuture<Void> ask() {
    configure();
    boolean limited = requests.isLimited() || tokens.isLimited() || sequences.isLimited();
    if (!sharing.split().pooled() || !limited) {
      return null;
    }
    urgent = true;
    return answer();
  }

  /**
   * What to tell the pool of the tenant's limits, and to ask it for; empty if it knows all.
   *
   * @param whole tells everything; otherwise what requests wait for, unless more was to be told
   * @param all nothing is to stay in hand
   */
  synchronized Claimed claim(boolean whole, boolean all) {
    configure();
    List<LimitClaim> claims = new ArrayList<>();
    for (Allowance allowance : List.of(requests, tokens, sequences)) {
      boolean news = (whole || urgent) && allowance.hasNews();
      if (news || allowance.isAsked() || (urgent && allowance.isLimited())) {
        claims.add(allowance.claim(tenant, all));
      }
    }
    Claimed claimed = new Claimed(this, claims, answer);
    answer = null;
    urgent = false;
    return claimed;
  }

  /** What a tenant claimed, and who waits for what comes of it. */
  record Claimed(
      TenantQuota quota, List<LimitClaim> claims, @Nullable CompletableFuture<Void> waiting) {
    void done() {
      if (waiting != null) {
        waiting.complete(null);
      }
    }
  }

  /**
   * What came of a claim, unless the limits were divided anew meanwhile.
   *
   * @return whether it is less than what requests wait for
   */
  synchronized boolean granted(LimitGrant grant, Split split) {
    configure();
    return sharing.split().equals(split) && of(grant.kind()).granted(grant);
  }

  /** Tells the pool again, after a while, if there is reason to. */
  synchronized void tell() {
    configure();
    tell(false);
  }

  private void tell(boolean now) {
    if (sharing.split().pooled()
        && (now || requests.hasNews() || tokens.hasNews() || sequences.hasNews())) {
      sharing.tell(this, now);
    }
  }

  private CompletableFuture<Void> answer() {
    CompletableFuture<Void> next = answer;
    if (next == null) {
      next = new CompletableFuture<>();
      answer = next;
    }
    tell(true);
    return next;
  }

  private Allowance of(SharedLimit kind) {
    return switch (kind) {
      case REQUESTS_PER_MINUTE -> requests;
      case TOKENS_PER_MINUTE -> tokens;
      case CONCURRENT_SEQUENCES -> sequences;
    };
  }

  private @Nullable Allowance allowance(Limit limit) {
    return switch (limit) {
      case REQUESTS_PER_MINUTE -> requests;
      case TOKENS_PER_MINUTE -> tokens;
      case CONCURRENT_SEQUENCES -> sequences;
      case RESIDENT_SLOTS -> null;
    };
  }

  /** Read under the monitor, so that limits never go back to older ones. */
  private void configure() {
    current = limits.get();
    Split split = sharing.split();
    requests.configure(current.requestsPerMinute(), split);
    tokens.configure(current.tokensPerMinute(), split);
    Integer most = current.concurrentSequences();
    sequences.configure(most == null ? null : most.longValue(), split);
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
    Allowance allowance = allowance(limit);
    if (allowance != null) {
      return allowance.delay(amount(limit, demand));
    }
    return slotsWith(demand, pins) > allowed(limit) ? UNKNOWN_WAIT : 0;
  }

  private boolean mayBeMore(Limit limit, Demand demand) {
    Allowance allowance = allowance(limit);
    return allowance != null && allowance.mayBeMore(amount(limit, demand));
  }

  /** What the request takes of a limit, whatever is pinned. */
  private static long amount(Limit limit, Demand demand) {
    return asked(limit, demand, Map.of());
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

  private Reservation take(Demand demand, RequestTurn turn, Map<Digest, Integer> pins) {
    boolean counted = turn.holds(Limit.REQUESTS_PER_MINUTE) || requests.isLimited();
    if (!turn.holds(Limit.REQUESTS_PER_MINUTE)) {
      taken(requests, 1);
    }
    turn.spent = true;
    taken(tokens, demand.tokens());
    sequences.take(demand.sequences());
    if (demand.adapter() != null) {
      adapters.computeIfAbsent(demand.adapter(), digest -> new Use(demand.slots())).requests++;
    }
    tell(false);
    return new Reservation(
        this,
        demand,
        counted ? requests : null,
        tokens.isLimited() ? tokens : null,
        consumption(pins));
  }

  private static void taken(Allowance allowance, long amount) {
    if (allowance.isLimited()) {
      allowance.take(amount);
    }
  }

  private Consumption consumption(Map<Digest, Integer> pins) {
    return new Consumption(
        requests.rate(), tokens.rate(), Math.toIntExact(sequences.inUse()), slots(pins));
  }
}
