package dev.heddle.cli.bench;

import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Ops;
import dev.heddle.ops.OverriddenOps;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/** Times attention. One thread. */
final class AttentionMeter {
  private final Ops target;
  private long nanos;

  AttentionMeter(Ops ops) {
    target = ops;
  }

  /** The backend, watched. */
  Ops ops() {
    return OverriddenOps.of(target, this);
  }

  /** Time spent in attention so far. */
  long nanos() {
    return nanos;
  }

  /** As {@link Ops#attention}. */
  public void attention(
      Tensor out,
      @Nullable Tensor qValue,
      Tensor q,
      AttentionRule rule,
      KvCache cache,
      int layer,
      Tensor positions,
      Tensor sequences,
      Tensor blockTables,
      Rows rows) {
    long start = System.nanoTime();
    target.attention(out, qValue, q, rule, cache, layer, positions, sequences, blockTables, rows);
    nanos += System.nanoTime() - start;
  }
}
