package dev.heddle.app.quota;

/**
 * How this process and others divide a tenant's limits.
 *
 * @param number of the change that made it so: what was counted before another one is told anew
 * @param pooled they take shares of one pool; otherwise this process goes by its even part alone
 * @param replicas of which it has one part, &ge; 1
 */
record Split(long number, boolean pooled, int replicas) {
  /** All of a limit is this process's, as at a start. */
  static final Split ALONE = new Split(0, false, 1);

  Split next(boolean pooledNow, int replicasNow) {
    return new Split(number + 1, pooledNow, replicasNow);
  }

  boolean isAlone() {
    return !pooled && replicas == 1;
  }

  /** An even part of a limit, so much at least that a process serves at all. */
  long part(long limit) {
    return limit == 0 ? 0 : Math.max(1, limit / replicas);
  }
}
