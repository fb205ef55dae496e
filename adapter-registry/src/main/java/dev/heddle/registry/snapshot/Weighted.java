package dev.heddle.registry.snapshot;

/**
 * One of the versions that a name stands for.
 *
 * @param weight its share relative to the other weights, 1 to 1,000,000
 */
record Weighted(VersionRef version, int weight) {}
