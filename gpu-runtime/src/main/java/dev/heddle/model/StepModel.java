package dev.heddle.model;

import dev.heddle.ops.RowScoring;

/**
 * What the step loop asks of a model: the seam at which a simulation stands in for one. Step thread
 * only.
 */
public interface StepModel {
  /** Computes a step; see {@link MoeModel#forward}. */
  void forward(StepBatch batch);

  /** Copies one row of the last step's logits; {@code target} has the vocabulary's size. */
  void logits(int row, float[] target);

  /** Scores rows of the last step's logits; see {@link dev.heddle.ops.Ops#score}. */
  void score(RowScoring rows);

  /** Copies one KV block to another. */
  void copyBlock(int from, int to);
}
