package dev.heddle.experts;

import dev.heddle.format.Digest;

/**
 * One request's lease of an adapter's weights. The adapter keeps its row and its slots until all
 * its leases are returned. A lease is returned exactly once. Step thread only.
 */
public final class AdapterLease {
  private final ExpertWeightManager manager;
  private final AdapterEntry entry;
  private final int row;
  private boolean returned;

  AdapterLease(ExpertWeightManager manager, AdapterEntry entry, int row) {
    this.manager = manager;
    this.entry = entry;
    this.row = row;
  }

  public Digest adapter() {
    return entry.digest;
  }

  /** Row of the expert map that the sequence's tokens carry, &ge; 1. */
  public int row() {
    requireOut();
    return row;
  }

  /**
   * Gives the lease back.
   *
   * @throws IllegalStateException if it was given back before
   */
  public void giveBack() {
    requireOut();
    returned = true;
    manager.leaseReturned(entry);
  }

  private void requireOut() {
    if (returned) {
      throw new IllegalStateException("lease of " + entry.digest + " was given back before");
    }
  }
}
