package dev.heddle.structured;

/** Where one sequence is in its {@link Constraint}. One thread at a time. */
public final class ConstraintState {
  private final Constraint constraint;
  private State state;

  ConstraintState(Constraint constraint, State state) {
    this.constraint = constraint;
    this.state = state;
  }

  /**
   * The tokens that may come next: bit {@code t % 64} of word {@code t / 64} for token {@code t}. A
   * token that ends the answer is among them where the text is complete. None may come where the
   * grammar is so ambiguous that every text would pass {@link StructureLimits#configurations}. Not
   * to be changed.
   *
   * <p>Another thread may ask {@link #prepared} for the same words meanwhile.
   */
  public long[] allowed() {
    return constraint.mask(state);
  }

  /** Computes now what {@link #allowed} will say, for a thread that has the time. Any thread. */
  public Runnable prepared() {
    State here = state;
    return () -> constraint.mask(here);
  }

  /** The only token that may come next, -1 if there are several or it would take time to know. */
  public int only() {
    return constraint.only(state);
  }

  /** Whether {@link #allowed} has its answer at hand. */
  public boolean isPrepared() {
    return state.mask != null;
  }

  /**
   * Goes on by a token. A token that ends the answer changes nothing.
   *
   * @throws IllegalArgumentException if the token is not allowed; nothing is changed
   */
  public void accept(int token) {
    if (constraint.ends(token) && state.complete) {
      return;
    }
    State next = constraint.after(state, token);
    if (next.isDead()) {
      throw new IllegalArgumentException("token %d is not allowed here".formatted(token));
    }
    state = next;
  }

  /** Goes on by text; false if it may not come, and then nothing is changed. */
  boolean accept(byte[] text) {
    State next = constraint.after(state, text);
    if (next.isDead()) {
      return false;
    }
    state = next;
    return true;
  }

  /** Whether the text so far is a whole one. */
  public boolean isComplete() {
    return state.complete;
  }

  /** Whether the text is whole and nothing may follow it. */
  public boolean isEnded() {
    return state.complete && state.nodes.length == 0;
  }

  /** Another sequence that begins like this one. */
  public ConstraintState copy() {
    return new ConstraintState(constraint, state);
  }
}
