package dev.heddle.ops;

/** Whoever looks at rows of logits: the input of {@link Ops#show}. */
public interface RowReader extends RowChoice {
  /**
   * Looks at the i-th row; called once for each, side by side on any of the backend's threads.
   * Throws nothing.
   *
   * @param lane 0 to {@link Ops#lanes} - 1: no other row of this lane is looked at meanwhile
   * @param logits another row's as soon as this returns
   */
  void look(int lane, int i, float[] logits);
}
