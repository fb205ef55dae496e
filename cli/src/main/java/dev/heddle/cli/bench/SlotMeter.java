package dev.heddle.cli.bench;

import dev.heddle.ops.Ops;
import dev.heddle.ops.OverriddenOps;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Times rerouting, and while it is on, counts the expert slots that each layer's touches. */
final class SlotMeter {
  private final Ops target;
  private boolean on;
  private boolean counting = true;
  private long touched;
  private long routeNanos;

  SlotMeter(Ops ops) {
    target = ops;
  }

  /** The backend, watched. */
  Ops ops() {
    return OverriddenOps.of(target, this);
  }

  /** Whether routers count what they send where, as they do unless told otherwise. */
  void counting(boolean wanted) {
    counting = wanted;
  }

  /** Time spent in rerouting so far. */
  long routeNanos() {
    return routeNanos;
  }

  /** Slots touched by what {@code pass} does, summed over the layers. */
  long count(Runnable pass) {
    on = true;
    touched = 0;
    pass.run();
    on = false;
    return touched;
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
    long start = System.nanoTime();
    Tensor counted = counting ? counts : null;
    target.route(out, logits, correction, sharedGate, rule, map, mapRow, adapters, counted, rows);
    routeNanos += System.nanoTime() - start;
    if (!on) {
      return;
    }
    int[] live = new int[rows.counts().cols()];
    target.read(rows.counts(), 0, live);
    int[] slots = new int[rule.perToken()];
    BitSet distinct = new BitSet();
    for (int t = 0; t < live[rows.index()]; t++) {
      target.read(out.slots(), t, slots);
      for (int slot : slots) {
        distinct.set(slot);
      }
    }
    touched += distinct.cardinality();
  }
}
