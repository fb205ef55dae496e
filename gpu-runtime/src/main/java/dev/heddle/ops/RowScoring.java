package dev.heddle.ops;

/** Rows of logits to be scored: the input of {@link Ops#score}, and the receiver of its results. */
public interface RowScoring extends RowChoice {
  /** The token whose log-probability is wanted. */
  int token(int i);

  /** How many of the most likely tokens are wanted, &ge; 0. */
  int alternatives(int i);

  /**
   * The i-th row is scored; called once for each, side by side on any of the backend's threads.
   *
   * @param result another row's as soon as this returns
   */
  void scored(int i, Logprobs result);

  /** Called instead where the row cannot be scored. */
  void failed(int i, RuntimeException cause);
}
