package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;

/**
 * The base model's router of one layer, and the rerouting of its picks to the expert slots of each
 * token's adapter (ExpertWeave, arXiv 2508.17624).
 */
final class Router {
  /**
   * What the routers of all layers share.
   *
   * @param logits floats [tokens][M]
   * @param map ints [moeLayers * adapterRows][M + S]: the expert map
   * @param counts ints [moeLayers * adapterRows][M]: tokens sent to each column
   */
  record Shared(
      RouteRule rule, Tensor logits, Tensor map, Tensor counts, int adapterRows, Routing routing) {}

  private final Ops ops;
  private final Shared shared;
  private final int moeLayer;
  private final int mapRow;
  private final Matrix gate;

  Router(Ops ops, Shared shared, int layer, int moeLayer, WeightLoader loader) {
    this.ops = ops;
    this.shared = shared;
    this.moeLayer = moeLayer;
    this.mapRow = moeLayer * shared.adapterRows;
    String name = "model.layers." + layer + ".mlp.gate.weight";
    this.gate = loader.matrix(name, shared.rule.routed(), loader.shape().hidden());
  }

  static RouteRule rule(ModelShape.Experts e) {
    return new RouteRule(
        e.routed(), e.shared(), e.topK(), e.groups(), e.topGroups(), e.normalizeTopK(), e.scale());
  }

  /** Routes the batch; the result is valid until the next layer's. */
  Routing route(Tensor x, BatchInputs batch) {
    ops.matmul(shared.logits, x, gate, null, batch.tokenRows);
    ops.route(
        shared.routing,
        shared.logits,
        shared.rule,
        shared.map,
        mapRow,
        batch.adapters,
        shared.counts,
        batch.tokenRows);
    batch.tap.add(moeLayer, shared.routing);
    return shared.routing;
  }
}
