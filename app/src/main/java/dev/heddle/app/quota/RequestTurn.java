package dev.heddle.app.quota;

import org.jspecify.annotations.Nullable;

/**
 * One request that is taken from a tenant's limit before it is read, so that no more are read at
 * once than the limit allows. It becomes part of a {@link Reservation}, is used by a request that
 * needs nothing else, or is given back where the request is refused: whichever comes first. Any
 * thread.
 */
public final class RequestTurn {
  private final TenantQuota quota;
  private final @Nullable Allowance requests;

  /** Guarded by the quota's monitor: it is part of a reservation, was used, or was given back. */
  boolean spent;

  /**
   * @param requests whence the request was taken, null if there was no limit
   */
  RequestTurn(TenantQuota quota, @Nullable Allowance requests) {
    this.quota = quota;
    this.requests = requests;
  }

  /** Gives the request back, unless it is part of a reservation, or was used or given back. */
  public void giveBack() {
    quota.end(this, 0);
  }

  /** The request was answered and needs nothing else: it stays counted. */
  public void use() {
    quota.end(this, 1);
  }

  /** Whether it has taken what a request takes of a limit. Under the quota's monitor. */
  boolean holds(Limit limit) {
    return limit == Limit.REQUESTS_PER_MINUTE && requests != null && !spent;
  }

  TenantQuota quota() {
    return quota;
  }

  @Nullable Allowance requests() {
    return requests;
  }
}
