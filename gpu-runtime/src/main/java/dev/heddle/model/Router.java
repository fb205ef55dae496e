package dev.heddle.model;

import dev.heddle.format.model.ModelFamily;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Scoring;
import dev.heddle.format.model.WeightNames;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The base model's router of one layer, and the rerouting of its picks to the expert slots of each
 * token's adapter (ExpertWeave, arXiv 2508.17624).
 */
final class Router {
  /**
   * What the routers of all layers share.
   *
   * @param logits floats [tokens][M]
   * @param sharedGate floats [tokens][1]: logit of the shared experts' weight; null where it is 1
   * @param map ints [moeLayers * adapterRows][M + S]: the expert map
   * @param counts ints [moeLayers * adapterRows][M]: tokens sent to each column
   */
  record Shared(
      RouteRule rule,
      Tensor logits,
      @Nullable Tensor sharedGate,
      Tensor map,
      Tensor counts,
      int adapterRows,
      Routing routing) {
    static Shared of(Ops ops, ModelShape shape, ModelLimits limits, ExpertPool pool) {
      int tokens = limits.batchTokens();
      ModelShape.Experts experts = shape.experts();
      RouteRule rule = Router.rule(experts);
      int mapRows = Math.max(1, shape.moeLayers() * limits.adapterRows());
      return new Shared(
          rule,
          ops.floats("router logits", tokens, rule.routed()),
          experts.sharedGate() ? ops.floats("shared gate", tokens, 1) : null,
          ops.ints("expert map", mapRows, experts.columns()),
          ops.ints("routed tokens", mapRows, experts.routed()),
          limits.adapterRows(),
          ops.routing(tokens, rule, pool));
    }
  }

  private final Ops ops;
  private final Shared shared;
  private final int moeLayer;
  private final int mapRow;
  private final Matrix gate;
  private final @Nullable Tensor correction;
  private final @Nullable Matrix sharedGate;

  Router(Ops ops, Shared shared, int layer, int moeLayer, WeightLoader loader) {
    this.ops = ops;
    this.shared = shared;
    this.moeLayer = moeLayer;
    this.mapRow = moeLayer * shared.adapterRows;
    ModelShape shape = loader.shape();
    WeightNames names = ModelFamily.of(shape).names();
    int routed = shared.rule.routed();
    this.gate = loader.matrix(names.router(layer), routed, shape.hidden());
    this.correction =
        loader.bias(shape.experts().scoring() == Scoring.SIGMOID, names.correction(layer), routed);
    this.sharedGate =
        shape.experts().sharedGate()
            ? loader.matrix(names.sharedGate(layer), 1, shape.hidden())
            : null;
  }

  static RouteRule rule(ModelShape.Experts e) {
    boolean sigmoid = e.scoring() == Scoring.SIGMOID;
    return new RouteRule(
        e.routed(),
        e.shared(),
        e.topK(),
        e.groups(),
        e.topGroups(),
        sigmoid,
        e.normalizeTopK(),
        e.normalizeTopK() && !sigmoid ? 1f : e.scale());
  }

  /** Routes the batch; the result is valid until the next layer's. */
  Routing route(Tensor x, BatchInputs batch) {
    ops.matmul(shared.logits, x, gate, null, batch.tokenRows);
    if (sharedGate != null && shared.sharedGate != null) {
      ops.matmul(shared.sharedGate, x, sharedGate, null, batch.tokenRows);
    }
    ops.route(
        shared.routing,
        shared.logits,
        correction,
        shared.sharedGate,
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
