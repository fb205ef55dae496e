package dev.heddle.runtime;

import dev.heddle.model.StepBatch;

/**
 * What the step loop asks of a model: the seam at which a simulation stands in for one. Step thread
 * only.
 */
interface StepModel {
  /** Computes a step; see {@link dev.heddle.model.MoeModel#forward}. */
  void forward(StepBatch batch);

  /** Copies one row of the last step's logits; {@code target} has the vocabulary's size. */
  void logits(int row, float[] target);

  /** Copies one KV block to another. */
  void copyBlock(int from, int to);
}
