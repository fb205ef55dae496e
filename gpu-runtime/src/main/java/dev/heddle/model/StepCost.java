package dev.heddle.model;

import dev.heddle.format.model.ModelShape;

/** The cost of parts of a step relative to each other, in multiply-adds. */
public final class StepCost {
  /** Multiply-adds that scoring an element of a row takes the time of: exponential, sum, search. */
  private static final long SCORED_ELEMENT = 32;

  private StepCost() {}

  /**
   * What a row of logits and its score cost, as a share of what a token costs in all layers: 0.1
   * for DeepSeek-V2-Lite, above 1 for a small model with a large vocabulary.
   */
  public static double rowOfLogits(ModelShape shape) {
    ModelShape.Experts e = shape.experts();
    long experts = (long) shape.moeLayers() * (e.topK() + e.shared()) * shape.expertElements();
    double token = MemoryEstimate.layerElements(shape) + (double) experts;
    return shape.vocabulary() * (double) (shape.hidden() + SCORED_ELEMENT) / token;
  }
}
