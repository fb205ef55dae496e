package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.team.WorkerTeam;

/**
 * Rerouting as a chain of operations, each a pass over the batch that leaves a tensor to the next:
 * what a framework's own operations do where nobody has fused them. To the bit the same picks,
 * weights and slots as {@link Rerouting}, of rules with softmax, without groups and without
 * normalised weights. For comparison alone.
 */
final class UnfusedReroute {
  /**
   * One of the operations.
   *
   * @param work of a token, as {@link Workers#run} takes it
   */
  private record Pass(WorkerTeam.Task task, long work) {}

  private final Workers workers;
  private final PanelRouting routing;
  private final RouteRule rule;
  private final Scratch sums;
  private final NativeTensor logits;
  private final NativeTensor map; // [adapter rows][M + S]
  private final NativeTensor adapters;
  private final NativeTensor scores; // [tokens][M]
  private final NativeTensor worth; // [tokens][M], without those that were picked
  private final NativeTensor columns; // [tokens][k + S]: picks, then shared columns
  private final NativeTensor rowOf; // [tokens][k + S]: the token's adapter, of each pair
  private final NativeTensor index; // [tokens][k + S]: place in the map
  private final NativeTensor own; // [tokens][k + S]: the adapter's slot
  private final NativeTensor base; // [tokens][k + S]: the base's slot
  private final NativeTensor mask; // [tokens][k + S]: whether the token has an adapter
  private final Pass[] passes;

  UnfusedReroute(
      Workers workers,
      VectorMemory memory,
      PanelRouting routing,
      NativeTensor logits,
      NativeTensor map,
      NativeTensor adapters) {
    this.workers = workers;
    this.routing = routing;
    this.rule = routing.rule();
    this.logits = logits;
    this.map = map;
    this.adapters = adapters;
    int tokens = logits.rows();
    int pairs = rule.perToken();
    sums = new Scratch(workers.count());
    sums.ensure(4L * Numerics.LANES);
    scores = memory.tensor("scores", tokens, rule.routed(), true);
    worth = memory.tensor("worth", tokens, rule.routed(), true);
    columns = memory.tensor("columns", tokens, pairs, false);
    rowOf = memory.tensor("rows", tokens, pairs, false);
    index = memory.tensor("index", tokens, pairs, false);
    own = memory.tensor("own", tokens, pairs, false);
    base = memory.tensor("base", tokens, pairs, false);
    mask = memory.tensor("mask", tokens, pairs, false);
    passes =
        new Pass[] {
          new Pass(this::softmax, 8L * rule.routed()),
          new Pass(this::topK, (long) rule.topK() * rule.routed()),
          new Pass(this::appendShared, pairs),
          new Pass(this::expandAdapters, pairs),
          new Pass(this::maskBase, pairs),
          new Pass(this::indexMap, pairs),
          new Pass(this::gatherOwn, pairs),
          new Pass(this::gatherBase, pairs),
          new Pass(this::select, pairs)
        };
  }

  void run(int count) {
    for (int i = 0; i < passes.length; i++) {
      workers.run(passes[i].task, count, count * passes[i].work);
    }
    routing.group(count);
  }

  private void softmax(int worker, int token) {
    int n = rule.routed();
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, Lanes.getFloat(logits.row(token) + 4L * i));
    }
    Lanes.copy(logits.row(token), scores.row(token), 4L * n);
    RowKernels.expMinus(scores.row(token), scores.row(token), max, n);
    RowKernels.divide(scores.row(token), RowKernels.sum(scores.row(token), n, sums.of(worker)), n);
  }

  private void topK(int worker, int token) {
    Lanes.copy(scores.row(token), worth.row(token), 4L * rule.routed());
    for (int rank = 0; rank < rule.topK(); rank++) {
      int best = 0;
      float bestValue = Lanes.getFloat(worth.row(token));
      for (int i = 1; i < rule.routed(); i++) {
        float value = Lanes.getFloat(worth.row(token) + 4L * i);
        if (value > bestValue) {
          best = i;
          bestValue = value;
        }
      }
      float weight = bestValue * rule.scale();
      Lanes.setInt(routing.picks().row(token) + 4L * rank, best);
      Lanes.setFloat(routing.weights().row(token) + 4L * rank, weight);
      Lanes.setFloat(worth.row(token) + 4L * best, Float.NEGATIVE_INFINITY);
    }
  }

  private void appendShared(int worker, int token) {
    Lanes.copy(routing.picks().row(token), columns.row(token), 4L * rule.topK());
    for (int s = 0; s < rule.shared(); s++) {
      long at = 4L * (rule.topK() + s);
      Lanes.setInt(columns.row(token) + at, rule.routed() + s);
      Lanes.setFloat(routing.weights().row(token) + at, 1f);
    }
  }

  private void expandAdapters(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      Lanes.setInt(rowOf.row(token) + 4L * i, adapters.intAt(token));
    }
  }

  private void maskBase(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      int row = Lanes.getInt(rowOf.row(token) + 4L * i);
      Lanes.setInt(mask.row(token) + 4L * i, row == 0 ? 0 : 1);
    }
  }

  private void indexMap(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      int row = Lanes.getInt(rowOf.row(token) + 4L * i);
      int column = Lanes.getInt(columns.row(token) + 4L * i);
      Lanes.setInt(index.row(token) + 4L * i, row * map.cols() + column);
    }
  }

  private void gatherOwn(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      int slot = map.intAt(Lanes.getInt(index.row(token) + 4L * i));
      Lanes.setInt(own.row(token) + 4L * i, slot);
    }
  }

  private void gatherBase(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      int slot = map.intAt(Lanes.getInt(columns.row(token) + 4L * i));
      Lanes.setInt(base.row(token) + 4L * i, slot);
    }
  }

  private void select(int worker, int token) {
    for (int i = 0; i < rule.perToken(); i++) {
      long at = 4L * i;
      boolean adapted = Lanes.getInt(mask.row(token) + at) != 0;
      NativeTensor from = adapted ? own : base;
      Lanes.setInt(routing.slots().row(token) + at, Lanes.getInt(from.row(token) + at));
    }
  }

  void close() {
    sums.close();
  }
}
