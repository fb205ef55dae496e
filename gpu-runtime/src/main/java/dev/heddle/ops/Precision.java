package dev.heddle.ops;

import dev.heddle.format.DType;

/** What weights are kept as when they are loaded. */
public enum Precision {
  /** As they are stored. */
  STORED,

  /**
   * Experts, projections and the output head are rounded to {@link WeightFormat#INT8}; the router,
   * the embedding, norms, biases and what attention absorbs stay as they are stored.
   */
  INT8;

  /** The format of a base model's matrix. */
  public WeightFormat of(String tensor, DType dtype) {
    return this == INT8 && isRounded(tensor) ? WeightFormat.INT8 : WeightFormat.stored(dtype);
  }

  private static boolean isRounded(String tensor) {
    return tensor.equals("lm_head.weight")
        || (tensor.endsWith("_proj.weight") && !tensor.endsWith(".kv_b_proj.weight"));
  }

  /** The format of experts. */
  public WeightFormat ofExperts(DType dtype) {
    return this == INT8 ? WeightFormat.INT8 : WeightFormat.stored(dtype);
  }
}
