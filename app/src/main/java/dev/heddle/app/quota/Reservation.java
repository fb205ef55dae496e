package dev.heddle.app.quota;

import org.jspecify.annotations.Nullable;

/**
 * What a request holds of its tenant's limits from its admission to its end. Whoever has one ends
 * it by {@link #settle} or {@link #refund}; what is called after the first of these does nothing.
 * Any thread.
 */
public final class Reservation {
  private final TenantQuota quota;
  private final Demand demand;
  private final @Nullable Allowance requests;
  private final @Nullable Allowance tokens;
  private final Consumption consumption;

  /** Guarded by the quota's monitor. */
  boolean settled;

  /**
   * @param requests whence the request was taken, null if there was no limit
   * @param tokens whence its tokens were taken, null if there was no limit
   */
  Reservation(
      TenantQuota quota,
      Demand demand,
      @Nullable Allowance requests,
      @Nullable Allowance tokens,
      Consumption consumption) {
    this.quota = quota;
    this.demand = demand;
    this.requests = requests;
    this.tokens = tokens;
    this.consumption = consumption;
  }

  /** What the tenant used just after this was taken. */
  public Consumption consumption() {
    return consumption;
  }

  /**
   * The request has ended: gives back what it did not use.
   *
   * @param tokens of prompts and answers that it did use; more than were reserved count as these
   */
  public void settle(long tokens) {
    quota.settle(this, tokens, true);
  }

  /** The request was refused after all: gives everything back. */
  public void refund() {
    quota.settle(this, 0, false);
  }

  Demand demand() {
    return demand;
  }

  @Nullable Allowance requests() {
    return requests;
  }

  @Nullable Allowance tokens() {
    return tokens;
  }
}
