package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Tensor;

/** The activations of one forward pass, sized once and used by every layer in turn. */
final class Workspace {
  final Tensor residual; // [tokens][hidden]
  final Tensor normed; // [tokens][hidden]
  final Tensor branch; // [tokens][hidden]
  final Tensor last; // [logit rows][hidden]
  final Tensor logits; // [logit rows][vocabulary]
  final MlaAttention.Shared attention;
  final DenseMlp.Activations dense;
  final Router.Shared router;

  Workspace(Ops ops, ModelShape shape, ModelLimits limits, ExpertPool pool) {
    int tokens = limits.batchTokens();
    residual = ops.floats("residual", tokens, shape.hidden());
    normed = ops.floats("normed", tokens, shape.hidden());
    branch = ops.floats("branch", tokens, shape.hidden());
    last = ops.floats("last", limits.logitRows(), shape.hidden());
    logits = ops.floats("logits", limits.logitRows(), shape.vocabulary());
    attention = new MlaAttention.Shared(ops, shape, limits);
    dense =
        new DenseMlp.Activations(
            ops.floats("gate", tokens, shape.denseIntermediate()),
            ops.floats("up", tokens, shape.denseIntermediate()));
    RouteRule rule = Router.rule(shape.experts());
    int mapRows = Math.max(1, shape.moeLayers() * limits.adapterRows());
    router =
        new Router.Shared(
            rule,
            ops.floats("router logits", tokens, rule.routed()),
            ops.ints("expert map", mapRows, shape.experts().columns()),
            ops.ints("routed tokens", mapRows, shape.experts().routed()),
            limits.adapterRows(),
            ops.routing(tokens, rule, pool));
  }
}
