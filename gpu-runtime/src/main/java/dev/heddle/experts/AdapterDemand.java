package dev.heddle.experts;

import dev.heddle.format.Digest;
import org.jspecify.annotations.Nullable;

/**
 * One request's demand for an adapter, from its arrival to its admission. While the demand is open,
 * the adapter is loaded, and loaded again if it is evicted. A demand ends with a lease, with a
 * failure, or when it is withdrawn. Step thread only.
 */
public final class AdapterDemand {
  private final ExpertWeightManager manager;
  final AdapterEntry entry;
  final long sinceNanos;

  final boolean hit;

  private boolean ended;

  AdapterDemand(ExpertWeightManager manager, AdapterEntry entry, long sinceNanos, boolean hit) {
    this.manager = manager;
    this.entry = entry;
    this.sinceNanos = sinceNanos;
    this.hit = hit;
  }

  public Digest adapter() {
    return entry.digest;
  }

  /** Whether the adapter was resident when it was asked for. */
  public boolean hit() {
    return hit;
  }

  /**
   * A lease, which ends the demand, or null while the adapter is not to be had yet. Cheap: to be
   * called whenever the request could be admitted, at least once between steps.
   *
   * @throws AdapterLoadException if the load failed or {@link ResidencyConfig#loadWait} ran out;
   *     ends the demand too
   */
  public @Nullable AdapterLease tryLease() {
    requireStanding();
    return manager.tryLease(this);
  }

  /**
   * Whether {@link #tryLease} can only throw now. Cheap: to be asked between steps of requests
   * whose turn it is not, so that they are told in time.
   */
  public boolean isLost() {
    requireStanding();
    return manager.isLost(this);
  }

  /** Whether {@link #tryLease} would give a lease now. Cheap. */
  public boolean isThere() {
    requireStanding();
    return entry.admits();
  }

  /** Ends the demand: the request was cancelled. */
  public void withdraw() {
    requireStanding();
    manager.withdraw(this);
  }

  void end() {
    ended = true;
  }

  private void requireStanding() {
    if (ended) {
      throw new IllegalStateException("demand for " + entry.digest + " has ended");
    }
  }
}
