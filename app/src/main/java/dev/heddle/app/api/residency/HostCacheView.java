package dev.heddle.app.api.residency;

import dev.heddle.registry.store.HostCache;

/**
 * The host cache: experts in memory between the store and the slots. It is part of the memory plan,
 * unless an accelerator computes. Counts are since the start.
 *
 * @param hits experts opened from memory
 * @param misses experts copied from the store
 * @param bypassed experts read where they are stored, for want of room
 */
record HostCacheView(
    long budgetBytes,
    long bytes,
    int experts,
    long hits,
    long misses,
    long bypassed,
    long evictions) {
  static HostCacheView of(HostCache.Stats stats) {
    return new HostCacheView(
        stats.budget(),
        stats.bytes(),
        stats.experts(),
        stats.hits(),
        stats.misses(),
        stats.bypassed(),
        stats.evictions());
  }
}
