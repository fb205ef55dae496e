package dev.heddle.model;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OverriddenOps;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads along: the input of each layer, and each router's picks and weights, of the last pass. */
final class TapOps {
  /** A router's result of one token. */
  static final class Picks {
    final int[] experts;
    final float[] weights;

    Picks(int topK) {
      experts = new int[topK];
      weights = new float[topK];
    }
  }

  final Map<String, List<float[]>> normInputs = new HashMap<>();
  final List<List<Picks>> routers = new ArrayList<>(); // [moeLayer][token]

  private final Ops target;

  TapOps(Ops target) {
    this.target = target;
  }

  /** The backend, watched. */
  Ops ops() {
    return OverriddenOps.of(target, this);
  }

  private int live(Rows rows) {
    int[] counts = new int[rows.counts().cols()];
    target.read(rows.counts(), 0, counts);
    return counts[rows.index()];
  }

  /** As {@link Ops#beginPass}. */
  public void beginPass() {
    normInputs.clear();
    routers.clear();
    target.beginPass();
  }

  /** As {@link Ops#rmsNorm}. */
  public void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows) {
    List<float[]> inputs = new ArrayList<>();
    for (int t = 0; t < live(rows); t++) {
      float[] row = new float[x.cols()];
      target.read(x, t, row);
      inputs.add(row);
    }
    normInputs.put(weight.name(), inputs);
    target.rmsNorm(out, x, weight, eps, rows);
  }

  /** As {@link Ops#route}. */
  public void route(
      Routing out,
      Tensor logits,
      @Nullable Tensor correction,
      @Nullable Tensor sharedGate,
      RouteRule rule,
      Tensor map,
      int mapRow,
      Tensor adapters,
      @Nullable Tensor counts,
      Rows rows) {
    target.route(out, logits, correction, sharedGate, rule, map, mapRow, adapters, counts, rows);
    List<Picks> tokens = new ArrayList<>();
    for (int t = 0; t < live(rows); t++) {
      Picks picks = new Picks(rule.topK());
      target.read(out.picks(), t, picks.experts);
      target.read(out.weights(), t, picks.weights);
      tokens.add(picks);
    }
    routers.add(tokens);
  }
}
