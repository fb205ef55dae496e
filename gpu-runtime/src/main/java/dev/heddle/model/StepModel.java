package dev.heddle.model;

import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;

/** The model as the step loop calls it. Tests put a simulation in its place. Step thread only. */
public interface StepModel {
  /** Computes a step; see {@link MoeModel#forward}. */
  void forward(StepBatch batch);

  /** Copies one row of the last step's logits; {@code target} has the vocabulary's size. */
  void logits(int row, float[] target);

  /** Scores rows of the last step's logits; see {@link dev.heddle.ops.Ops#score}. */
  void score(RowScoring rows);

  /** Shows rows of the last step's logits; see {@link dev.heddle.ops.Ops#show}. */
  void show(RowReader rows);

  /** How many rows {@link #show} shows at once, at most. */
  default int lanes() {
    return 1;
  }

  /** How rows that were shown are gone over. */
  default RowMath rowMath() {
    return RowMath.SCALAR;
  }

  /** Copies one KV block to another. */
  void copyBlock(int from, int to);
}
