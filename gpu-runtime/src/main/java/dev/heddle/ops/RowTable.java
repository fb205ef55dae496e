package dev.heddle.ops;

/** A handle to an immutable table of which single rows are fetched (the embedding). */
public interface RowTable {
  int rows();

  int cols();
}
