package dev.heddle.app.quota;

import dev.heddle.registry.limits.LimitClaim;
import dev.heddle.registry.limits.LimitGrant;
import dev.heddle.registry.limits.SharedLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this process may let in of one limit of a tenant. To be guarded by its owner.
 *
 * <p>Where the process goes by itself, a limit per minute is a bucket of its own. Where the fleet
 * shares the limit, the process has so much in hand, taken from a pool that all have in the
 * database: as much ahead as it let in during the last half second, and nothing where fewer than
 * four requests came in a second, since a small limit would lie in the wrong hands. What is in hand
 * beyond that goes back.
 */
final class Allowance {
  private static final double SECOND = 1e9;

  /** How much is taken ahead: what is used in so many seconds. */
  private static final double AHEAD = 0.5;

  /** Below so many requests a second nothing is taken ahead. */
  private static final double BUSY = 4;

  /**
   * How long to go by what the pool said last when that was too little: 0.5 to 1.5 times this, so
   * that no two processes keep step, of which the earlier would take all that comes.
   */
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  /** Until a request of the tenant ends, whenever that is. */
  private static final long UNKNOWN_WAIT = 1;

  private final SharedLimit kind;
  private final LongSupplier clock;
  private @Nullable Long limit;
  private Split split = Split.ALONE;

  /** Of a limit per minute that is not shared now. */
  private @Nullable MinuteBucket own;

  /** For requests in flight, however the limit is divided. */
  private long reserved;

  /** Used since the start, and how much of that the pool knows. */
  private long spent;

  private long told;

  /** Can be taken at once, where the limit is shared. */
  private long hand;

  /** What was claimed last: held in the database's eyes, spent, waited for. */
  private long held;

  private long claimedSpent;
  private long asked;
  private boolean unmet;

  /** What the pool had when it was asked last. */
  private double pooled;

  private long pooledAt;

  /** When the pool may be asked again, if it should not have enough. */
  private long askAt;

  private long others;
  private boolean contended;

  /** What requests wait for, all together and one at most. */
  private long need;

  private long unit;

  /** Let in lately, forgotten over a second: amounts, requests, and the most in flight. */
  private double amounts;

  private double requests;
  private double peak;
  private long recentAt;

  Allowance(SharedLimit kind, LongSupplier clock) {
    this.kind = kind;
    this.clock = clock;
    this.recentAt = clock.getAsLong();
    this.askAt = recentAt;
  }

  boolean isLimited() {
    return limit != null;
  }

  /** Goes by the limit and the split that hold now. What was used stays used. */
  void configure(@Nullable Long now, Split next) {
    if (!next.equals(split)) {
      divide(next);
    }
    if (!Objects.equals(now, limit)) {
      change(now);
    }
  }

  private void change(@Nullable Long now) {
    if (now == null) {
      own = null;
      hand = 0;
    } else if (limit == null) { // a limit that is new starts full
      pool(now);
      own = refills() && !split.pooled() ? new MinuteBucket(split.part(now), clock) : null;
    } else if (own != null) {
      own.limit(split.part(now));
    } else {
      pool(pooledNow() + now - limit);
    }
    limit = now;
  }

  private void divide(Split next) {
    Long most = limit;
    if (most != null && next.pooled()) {
      join(most);
    } else if (most != null && refills()) {
      leave(most, next);
    }
    if (most == null) {
      told = spent; // nobody counts it
    }
    unmet = false;
    hand = 0;
    split = next;
  }

  /**
   * The pool fills up while nobody uses it. So it is told what was used of the bucket that it
   * cannot know to have come back: what is missing there, and no more than was used.
   */
  private void join(long most) {
    if (own != null) {
      long missing = Math.max(0, own.limit() - own.available());
      spent = told + Math.clamp(missing - reserved, 0, spent - told);
      pool(most - (double) missing * split.replicas());
      own = null;
    }
  }

  /** Goes on with what is in hand, and with its part of what the pool should have. */
  private void leave(long most, Split next) {
    if (own != null) {
      own.limit(next.part(most));
      return;
    }
    long level = hand + (long) (Math.max(0, pooledNow()) / next.replicas());
    own = new MinuteBucket(next.part(most), clock);
    own.charge(Math.max(0, own.limit() - level));
  }

  private boolean refills() {
    return kind != SharedLimit.CONCURRENT_SEQUENCES;
  }

  // ---- letting in

  /** Nanoseconds until {@code amount} can be taken, as far as that is known; 0 for now. */
  long delay(long amount) {
    if (limit == null) {
      return 0;
    }
    if (own != null) { // what is more than a part is let in when nothing is missing
      return own.delay(Math.min(amount, Math.max(1, own.limit()))); // nothing fits 0: said before
    }
    if (!split.pooled()) {
      return reserved == 0 || reserved + amount <= split.part(limit) ? 0 : UNKNOWN_WAIT;
    }
    if (hand >= amount) {
      return 0;
    }
    double missing = amount - hand - pooledNow();
    return refills() && limit > 0
        ? Math.max(UNKNOWN_WAIT, (long) Math.ceil(missing * 60 * SECOND / limit))
        : UNKNOWN_WAIT;
  }

  /**
   * Whether the pool may have what is not in hand. Where it had too little, what it said holds for
   * a while: who comes meanwhile is refused at once, and what comes in is there for who comes next.
   */
  boolean mayBeMore(long amount) {
    return limit != null
        && split.pooled()
        && (clock.getAsLong() - askAt >= 0 || hand + pooled >= amount);
  }

  /** Asks for what a request waits for; to be asked for again when it was not granted. */
  void ask(long amount) {
    need += amount;
    unit = Math.max(unit, amount);
  }

  /** Takes what {@link #delay} has said can be taken. */
  void take(long amount) {
    reserved += amount;
    if (own != null) {
      own.charge(amount);
    } else if (limit != null && split.pooled()) {
      hand -= amount;
      fade();
      amounts += amount;
      requests++;
      peak = Math.max(peak, (double) reserved);
    }
  }

  /**
   * Ends what was taken.
   *
   * @param used what stays counted of it, at most {@code taken}
   */
  void settle(long taken, long used) {
    reserved -= taken;
    spent += used;
    if (own != null) {
      own.giveBack(taken - used);
    } else if (limit != null && split.pooled()) {
      hand += taken - used;
    }
  }

  /** In use, by others too as far as this process knows. */
  long inUse() {
    return reserved + (limit != null && split.pooled() ? others : 0);
  }

  /** What is left, of the fleet's as far as this process knows; null without a limit. */
  Consumption.@Nullable Rate rate() {
    Long most = limit;
    if (most == null) {
      return null;
    }
    if (own != null) {
      Consumption.Rate rate = own.rate();
      return new Consumption.Rate(most, rate.remaining(), rate.reset());
    }
    double left = Math.clamp(hand + pooledNow(), 0, most);
    double missing = most == 0 ? 0 : (most - left) / most;
    return new Consumption.Rate(
        most, (long) left, Duration.ofNanos((long) Math.ceil(missing * 60 * SECOND)));
  }

  // ---- sharing

  /** Whether there is little enough in the pool that what is in hand here may be missed there. */
  boolean isScarce() {
    return limit != null && split.pooled() && pooledNow() < Math.max(5, limit * 0.05);
  }

  /** Whether requests wait for the pool. */
  boolean isAsked() {
    return need > 0 && limit != null && split.pooled();
  }

  /** Whether another process waits for what is in hand here. */
  boolean isMissed() {
    return contended && hand > 0 && split.pooled();
  }

  /** Whether the pool does not know all yet, or has something to get back. */
  boolean hasNews() {
    if (!split.pooled() || limit == null) {
      return split.pooled() && held > 0;
    }
    return need > 0 || hand > 0 || unmet || spent != told || hand + reserved != held;
  }

  /**
   * What to tell the pool, and to ask it for. What goes back is out of hand from now on.
   *
   * @param all nothing is to stay in hand
   */
  LimitClaim claim(UUID tenant, boolean all) {
    fade();
    long ahead = all ? 0 : ahead();
    hand = Math.min(hand, Math.max(ahead, need));
    held = hand + reserved;
    claimedSpent = spent;
    asked = Math.max(0, need - hand);
    LimitClaim claim =
        new LimitClaim(tenant, kind, spent, told, held, asked, unit, Math.max(0, ahead - hand));
    need = 0;
    unit = 0;
    return claim;
  }

  /**
   * What came of the last claim.
   *
   * @return whether it is less than what requests wait for
   */
  boolean granted(LimitGrant grant) {
    told = claimedSpent;
    if (limit == null) {
      held = 0;
      return false;
    }
    hand += grant.granted();
    held += grant.granted();
    others = grant.others();
    contended = grant.contended();
    unmet = grant.granted() < asked;
    pool(grant.remaining());
    askAt =
        pooledAt
            + (unmet
                ? (long) (ASK_AGAIN.toNanos() * ThreadLocalRandom.current().nextDouble(0.5, 1.5))
                : 0);
    return unmet;
  }

  /** What is good to have in hand. */
  private long ahead() {
    if (refills()) {
      return requests < BUSY ? 0 : (long) (amounts * AHEAD);
    }
    if (contended) {
      return 0;
    }
    // More at once than lately, where that leaves three quarters of what there is to the others.
    long more = requests < BUSY ? 0 : (long) (Math.max(0, pooled) / 4 / split.replicas());
    return (long) peak - reserved + Math.min((long) peak + 2, more);
  }

  private void fade() {
    long now = clock.getAsLong();
    double kept = Math.exp((recentAt - now) / SECOND);
    amounts *= kept;
    requests *= kept;
    peak = Math.max((double) reserved, peak * kept);
    recentAt = now;
  }

  private void pool(double level) {
    pooled = level;
    pooledAt = clock.getAsLong();
  }

  /** What the pool should have, if nobody took from it since. */
  private double pooledNow() {
    Long most = limit;
    if (most == null || !refills()) {
      return pooled;
    }
    double refilled = pooled + (clock.getAsLong() - pooledAt) / SECOND * most / 60;
    return Math.min(most, refilled);
  }
}
