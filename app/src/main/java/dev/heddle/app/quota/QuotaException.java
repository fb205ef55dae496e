package dev.heddle.app.quota;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request that a limit of its tenant refuses. */
public final class QuotaException extends RuntimeException {
  private final Limit limit;
  private final long asked;
  private final long allowed;
  private final long waitNanos;
  private final transient Consumption consumption;
  private transient @Nullable CompletableFuture<Void> answer;

  /**
   * @param asked what the request needs of the limit
   * @param allowed what the limit is
   * @param waitNanos until it would fit, as far as that is known
   */
  QuotaException(Limit limit, long asked, long allowed, long waitNanos, Consumption consumption) {
    super("refused by " + limit.text());
    this.limit = limit;
    this.asked = asked;
    this.allowed = allowed;
    this.waitNanos = waitNanos;
    this.consumption = consumption;
  }

  public Limit limit() {
    return limit;
  }

  /** What the request needs of the limit. */
  public long asked() {
    return asked;
  }

  /** What the limit is. */
  public long allowed() {
    return allowed;
  }

  /** Seconds until the request would fit, as far as that is known; at least 1. */
  public long retryAfterSeconds() {
    return Math.max(1, Math.ceilDiv(waitNanos, 1_000_000_000L));
  }

  /** The request alone is more than the limit. */
  public boolean isForGood() {
    return asked > allowed;
  }

  /** The fleet's pool may have more: the refusal holds if it has not when it has answered. */
  QuotaException unless(CompletableFuture<Void> asked) {
    answer = asked;
    return this;
  }

  /** When to try again before anybody hears of the refusal; null if it is one. */
  @Nullable CompletableFuture<Void> answer() {
    return answer;
  }

  /** What the tenant used when it was refused. */
  public Consumption consumption() {
    return consumption;
  }
}
