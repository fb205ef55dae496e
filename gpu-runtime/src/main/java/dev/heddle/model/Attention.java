package dev.heddle.model;

import dev.heddle.ops.Tensor;

/** The attention of one layer, its keys and values in the paged cache. A family brings its own. */
interface Attention {
  /** out[t] = attention of token t over its sequence up to and including itself, from x[t]. */
  void forward(Tensor out, Tensor x, BatchInputs batch);
}
