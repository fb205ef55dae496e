package dev.heddle.model;

import dev.heddle.ops.RowScoring;

/** The model as the step loop calls it. Tests put a simulation in its place. Step thread only. */
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
