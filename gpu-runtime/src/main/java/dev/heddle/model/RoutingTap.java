package dev.heddle.model;

import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import org.jspecify.annotations.Nullable;

/** Reads, layer by layer, what routers decided for the tokens whose sequences want to know. */
final class RoutingTap {
  private final Ops ops;
  private final int[] picks;
  private final float[] weights;

  /** The batch of the pass, null where it wants nothing. */
  private @Nullable StepBatch batch;

  RoutingTap(Ops ops, RouteRule rule) {
    this.ops = ops;
    picks = new int[rule.topK()];
    weights = new float[rule.topK()];
  }

  /**
   * Begins a pass.
   *
   * @throws IllegalArgumentException if the batch wants what the backend cannot give
   */
  void begin(StepBatch next) {
    boolean wanted = false;
    for (int t = 0; t < next.tokenCount; t++) {
      wanted |= next.routing[t] != null;
    }
    if (wanted && !ops.readsWithinPass()) {
      throw new IllegalArgumentException(
          "the backend " + ops.name() + " does not show what routers decide");
    }
    batch = wanted ? next : null;
  }

  /** Adds what the router of a layer has just decided. */
  void add(int moeLayer, Routing routing) {
    StepBatch read = batch;
    if (read == null) {
      return;
    }
    for (int t = 0; t < read.tokenCount; t++) {
      RoutingSink sink = read.routing[t];
      if (sink != null) {
        ops.read(routing.picks(), t, picks);
        ops.read(routing.weights(), t, weights);
        sink.add(read.positions[t], moeLayer, picks, weights);
      }
    }
  }
}
