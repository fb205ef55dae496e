package dev.heddle.app.quota;

import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.limits.LimitClaim;
import dev.heddle.registry.limits.LimitGrant;
import dev.heddle.registry.limits.SharedLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/** What {@code share_limits} does in the database, for one tenant and by a clock of the test's. */
final class PoolModel {
  private static final class Share {
    long held;
    long spent;
    long wanted;
  }

  private static final class Level {
    double capacity;
    double level;
    long filledAt;
    final Map<Integer, Share> shares = new HashMap<>();
  }

  private final LongSupplier clock;
  private final IntPredicate lives;
  private final Map<SharedLimit, Level> levels = new HashMap<>();
  TenantLimits limits;
  boolean away;

  /** The next exchange comes in, but nobody hears of it. */
  boolean forgetsToAnswer;

  int exchanges;

  PoolModel(TenantLimits limits, LongSupplier clock, IntPredicate lives) {
    this.limits = limits;
    this.clock = clock;
    this.lives = lives;
  }

  List<LimitGrant> exchange(int self, int replicas, List<LimitClaim> claims)
      throws RegistryException {
    if (away) {
      throw UnavailableException.database("away", new IllegalStateException());
    }
    exchanges++;
    List<LimitGrant> grants = new ArrayList<>();
    for (LimitClaim claim : claims) {
      Number most = most(claim.kind());
      grants.add(
          most == null
              ? new LimitGrant(claim.tenant(), claim.kind(), claim.need(), claim.need(), 0, false)
              : grant(self, replicas, claim, most.doubleValue()));
    }
    if (forgetsToAnswer) {
      forgetsToAnswer = false;
      throw UnavailableException.database("lost", new IllegalStateException());
    }
    return grants;
  }

  private Number most(SharedLimit kind) {
    return switch (kind) {
      case REQUESTS_PER_MINUTE -> limits.requestsPerMinute();
      case TOKENS_PER_MINUTE -> limits.tokensPerMinute();
      case CONCURRENT_SEQUENCES -> limits.concurrentSequences();
    };
  }

  private LimitGrant grant(int self, int replicas, LimitClaim claim, double most) {
    long now = clock.getAsLong();
    Level pool = levels.computeIfAbsent(claim.kind(), kind -> full(most, now));
    long lost = 0;
    long others = 0;
    boolean contended = false;
    for (Map.Entry<Integer, Share> each : pool.shares.entrySet()) {
      Share share = each.getValue();
      if (each.getKey() == self) {
        continue;
      }
      if (!lives.test(each.getKey())) {
        lost += share.held;
        share.held = 0;
        share.wanted = 0;
      }
      others += share.held;
      contended |= share.wanted > 0;
    }
    Share mine = pool.shares.get(self);
    if (mine == null) {
      mine = new Share();
      mine.spent = claim.told();
      pool.shares.put(self, mine);
    }
    double level;
    if (claim.kind() == SharedLimit.CONCURRENT_SEQUENCES) {
      level = most - others - claim.kept();
    } else {
      double refilled = most * (now - pool.filledAt) / 60e9;
      level = Math.min(most, pool.level + most - pool.capacity + refilled);
      double back =
          lost + mine.held - (double) Math.max(0, claim.spent() - mine.spent) - claim.kept();
      level = Math.min(most, level + back);
    }
    level = Math.max(level, -most);
    long available = (long) Math.max(0, Math.floor(level + 1e-6));
    long granted =
        claim.need() <= available
            ? claim.need() + Math.min(claim.extra(), (available - claim.need()) / replicas)
            : available / claim.unit() * claim.unit();
    pool.capacity = most;
    pool.level = level - granted;
    pool.filledAt = now;
    mine.held = claim.kept() + granted;
    mine.spent = claim.spent();
    mine.wanted = Math.max(0, claim.need() - granted);
    return new LimitGrant(claim.tenant(), claim.kind(), granted, pool.level, others, contended);
  }

  private static Level full(double most, long now) {
    Level level = new Level();
    level.capacity = most;
    level.level = most;
    level.filledAt = now;
    return level;
  }
}
