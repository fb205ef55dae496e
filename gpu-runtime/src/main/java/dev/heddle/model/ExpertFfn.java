package dev.heddle.model;

import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;

/** The experts of a MoE layer, shared ones included, wherever in the pool they sit. */
final class ExpertFfn implements FeedForward {
  private final Ops ops;
  private final ExpertPool pool;
  private final Router router;

  ExpertFfn(Ops ops, ExpertPool pool, Router router) {
    this.ops = ops;
    this.pool = pool;
    this.router = router;
  }

  @Override
  public void forward(Tensor out, Tensor x, BatchInputs batch) {
    Routing routing = router.route(x, batch);
    ops.experts(out, x, pool, routing, batch.tokenRows);
  }
}
