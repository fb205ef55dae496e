package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What weights are kept as when they are loaded. */
public enum Precision {
  /** As they are stored. */
  STORED,

  /**
   * Experts, projections and an output head of its own are rounded to {@link WeightFormat#INT8};
   * the router, the embedding, norms, biases and what attention absorbs stay as they are stored.
   */
  INT8;

  /** As settings and options write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of a base model's matrix. */
  public WeightFormat of(String tensor, DType dtype) {
    return this == INT8 && isRounded(tensor) ? WeightFormat.INT8 : WeightFormat.stored(dtype);
  }

  private static boolean isRounded(String tensor) {
    return tensor.equals("lm_head.weight")
        || (tensor.endsWith("_proj.weight") && !tensor.endsWith(".kv_b_proj.weight"));
  }

  /** The base model's matrices, and its experts, that cannot be kept so; empty if all can. */
  public List<String> obstacles(ModelShape shape) {
    List<String> odd = new ArrayList<>();
    ModelTensors.withoutExperts(shape)
        .forEach((tensor, sizes) -> {
          if (of(tensor, shape.dtype()) == WeightFormat.INT8 && sizes.getLast() % 2 != 0) {
            odd.add(tensor);
          }
        });
    boolean even = shape.hidden() % 2 == 0 && shape.experts().intermediate() % 2 == 0;
    if (ofExperts(shape.dtype()) == WeightFormat.INT8 && shape.moeLayers() > 0 && !even) {
      odd.add("experts");
    }
    return odd;
  }

  /** The format of experts. */
  public WeightFormat ofExperts(DType dtype) {
    return this == INT8 ? WeightFormat.INT8 : WeightFormat.stored(dtype);
  }
}
