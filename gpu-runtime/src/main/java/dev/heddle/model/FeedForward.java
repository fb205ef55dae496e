package dev.heddle.model;

import dev.heddle.ops.Tensor;

/** What a layer does to each token by itself. */
interface FeedForward {
  /** out[t] from x[t]; both floats [tokens][hidden]. */
  void forward(Tensor out, Tensor x, BatchInputs batch);
}
