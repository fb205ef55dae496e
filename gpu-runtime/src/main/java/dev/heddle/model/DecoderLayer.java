package dev.heddle.model;

import dev.heddle.ops.Ops;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;

/** One pre-norm decoder layer: x += attention(norm(x)); x += feedForward(norm(x)). */
final class DecoderLayer {
  private final Ops ops;
  private final Workspace work;
  private final float eps;
  private final Tensor inputNorm;
  private final Attention attention;
  private final Tensor postNorm;
  private final FeedForward feedForward;

  DecoderLayer(
      Ops ops,
      Workspace work,
      int layer,
      Attention attention,
      FeedForward feedForward,
      WeightLoader loader) {
    this.ops = ops;
    this.work = work;
    this.attention = attention;
    this.feedForward = feedForward;
    int hidden = loader.shape().hidden();
    eps = loader.shape().rmsNormEps();
    inputNorm = loader.vector("model.layers." + layer + ".input_layernorm.weight", hidden);
    postNorm = loader.vector("model.layers." + layer + ".post_attention_layernorm.weight", hidden);
  }

  /** Updates the residual stream x, floats [tokens][hidden]. */
  void forward(Tensor x, BatchInputs batch) {
    Rows rows = batch.tokenRows;
    ops.rmsNorm(work.normed, x, inputNorm, eps, rows);
    attention.forward(work.branch, work.normed, batch);
    ops.add(x, work.branch, rows);

    ops.rmsNorm(work.normed, x, postNorm, eps, rows);
    feedForward.forward(work.branch, work.normed, batch);
    ops.add(x, work.branch, rows);
  }
}
