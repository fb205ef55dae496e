package dev.heddle.app.quota;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A limit on so many a minute: full at first, refilled evenly. To be guarded by its owner. */
public final class MinuteBucket {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The bucket refills no faster than by one a nanosecond; that is no limit at all. */
  private static final long CAPACITY_MAX = MINUTE.toNanos();

  private final Bucket bucket;
  private long limit;

  /**
   * @param clock nanoseconds, as System.nanoTime
   */
  public MinuteBucket(long limit, LongSupplier clock) {
    this.limit = limit;
    this.bucket =
        Bucket.builder()
            .addLimit(bandwidth(limit))
            .withCustomTimePrecision(new Meter(clock))
            .withSynchronizationStrategy(SynchronizationStrategy.NONE)
            .build();
  }

  long limit() {
    return limit;
  }

  /** Changes the limit; what is used of it stays used, be it more than there is now. */
  void limit(long changed) {
    long used = capacity(limit) - bucket.getAvailableTokens();
    bucket.replaceConfiguration(
        BucketConfiguration.builder().addLimit(bandwidth(changed)).build(),
        TokensInheritanceStrategy.ADDITIVE);
    limit = changed;
    long forgotten = used - (capacity(limit) - bucket.getAvailableTokens());
    charge(forgotten);
  }

  /** Nanoseconds until {@code amount} &le; limit can be taken, 0 for now. */
  public long delay(long amount) {
    return bucket.estimateAbilityToConsume(amount).getNanosToWaitForRefill();
  }

  /** Takes what {@link #delay} has said can be taken. */
  public void take(long amount) {
    if (!bucket.tryConsume(amount)) {
      throw new IllegalStateException("taken without having looked");
    }
  }

  /** Takes more than there is, if it has to be: what is missing is to come in first then. */
  void charge(long amount) {
    if (amount > 0) {
      bucket.consumeIgnoringRateLimits(amount);
    }
  }

  /** What can be taken now; below 0 if more was taken than there was. */
  long available() {
    return bucket.getAvailableTokens();
  }

  /** Gives back what was taken and not used. */
  void giveBack(long amount) {
    if (amount > 0) {
      bucket.addTokens(amount);
    }
  }

  Consumption.Rate rate() {
    long available = bucket.getAvailableTokens();
    long capacity = capacity(limit);
    double missing = (double) (capacity - available) / capacity;
    return new Consumption.Rate(
        limit,
        Math.clamp(available, 0, limit),
        Duration.ofNanos((long) Math.ceil(missing * MINUTE.toNanos())));
  }

  private static Bandwidth bandwidth(long limit) {
    long capacity = capacity(limit);
    return Bandwidth.builder().capacity(capacity).refillGreedy(capacity, MINUTE).build();
  }

  /** A bucket cannot have no capacity; that nothing fits a limit of 0 is said before. */
  private static long capacity(long limit) {
    return Math.clamp(limit, 1, CAPACITY_MAX);
  }

  private record Meter(LongSupplier clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return clock.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
