package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Tensor;

/** The activations of one forward pass, sized once and used by every layer in turn. */
final class Workspace {
  final Tensor residual; // [tokens][hidden]
  final Tensor normed; // [tokens][hidden]
  final Tensor branch; // [tokens][hidden]
  final Tensor last; // [logit rows][hidden]
  final Tensor logits; // [logit rows][vocabulary]
  final AttentionWorkspace attention;
  final DenseMlp.Activations dense;
  final Router.Shared router;

  Workspace(Ops ops, ModelShape shape, ModelLimits limits, ExpertPool pool) {
    int tokens = limits.batchTokens();
    residual = ops.floats("residual", tokens, shape.hidden());
    normed = ops.floats("normed", tokens, shape.hidden());
    branch = ops.floats("branch", tokens, shape.hidden());
    last = ops.floats("last", limits.logitRows(), shape.hidden());
    logits = ops.floats("logits", limits.logitRows(), shape.vocabulary());
    attention = AttentionWorkspace.of(ops, shape, limits);
    int dense = shape.moeLayers() < shape.layers() ? shape.denseIntermediate() : 1;
    this.dense =
        new DenseMlp.Activations(
            ops.floats("gate", tokens, dense), ops.floats("up", tokens, dense));
    router = Router.Shared.of(ops, shape, limits, pool);
  }
}
