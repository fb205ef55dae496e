package dev.heddle.ops;

/** Rows of logits that something is asked of. */
public interface RowChoice {
  /** How many rows. */
  int count();

  /** Row of the logits that the i-th is; several may be the same. */
  int row(int i);
}
