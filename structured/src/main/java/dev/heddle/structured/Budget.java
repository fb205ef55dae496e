package dev.heddle.structured;

/** What one compilation may still cost: the limits, and steps of work. One thread. */
final class Budget {
  /** A second or two of one processor. */
  private static final long STEPS = 30_000_000;

  private final StructureLimits limits;
  private long left = STEPS;

  Budget(StructureLimits limits) {
    this.limits = limits;
  }

  /**
   * @throws StructureException if so much is not left
   */
  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw new StructureException("is too large: it takes too long to compile");
    }
  }

  int nodes() {
    return limits.nodes();
  }

  int dfaStates() {
    return limits.dfaStates();
  }

  int alternatives() {
    return limits.alternatives();
  }

  int depth() {
    return limits.depth();
  }
}
