package dev.heddle.ops;

import dev.heddle.format.model.ModelShape;

/** The attention of a self check's layer, with every operation that a family's has. */
interface CheckedAttention {
  /** Attends; the input is a row of {@link SelfCheck#HIDDEN} floats a token. */
  void pass(Tensor x);

  /** What came of it, {@link #width} floats a token. */
  Tensor out();

  int width();

  /** A small one of the kind that a model has. */
  static CheckedAttention of(ModelShape.Attention attention, CheckTensors tensors) {
    return switch (attention) {
      case ModelShape.Latent latent -> new CheckedLatent(tensors);
      case ModelShape.Grouped grouped -> new CheckedGrouped(tensors, grouped.window() != null);
    };
  }
}
