package dev.heddle.cli.bench;

import dev.heddle.ops.DelegatingOps;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.util.BitSet;

/** While it is on, counts the expert slots that each layer's routing touches. */
final class SlotMeter extends DelegatingOps {
  private boolean on;
  private long touched;

  SlotMeter(Ops ops) {
    super(ops);
  }

  /** Slots touched by what {@code pass} does, summed over the layers. */
  long count(Runnable pass) {
    on = true;
    touched = 0;
    pass.run();
    on = false;
    return touched;
  }

  @Override
  public void route(
      Routing out,
      Tensor logits,
      RouteRule rule,
      Tensor map,
      int mapRow,
      Tensor adapters,
      Rows rows) {
    super.route(out, logits, rule, map, mapRow, adapters, rows);
    if (!on) {
      return;
    }
    int[] counts = new int[rows.counts().cols()];
    read(rows.counts(), 0, counts);
    int[] slots = new int[rule.perToken()];
    BitSet distinct = new BitSet();
    for (int t = 0; t < counts[rows.index()]; t++) {
      read(out.slots(), t, slots);
      for (int slot : slots) {
        distinct.set(slot);
      }
    }
    touched += distinct.cardinality();
  }
}
