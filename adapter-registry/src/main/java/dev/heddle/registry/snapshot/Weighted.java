package dev.heddle.registry.snapshot;

/**
 * One of the versions that a name stands for.
 *
 * @param weight its share, to be seen against the others', 1 to 1,000,000
 */
record Weighted(VersionRef version, int weight) {}
