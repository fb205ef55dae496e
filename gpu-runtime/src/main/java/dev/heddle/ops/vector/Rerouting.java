package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.team.WorkerTeam;
import org.jspecify.annotations.Nullable;

/** The fused reroute: tokens are scored side by side, then their pairs grouped in one pass. */
final class Rerouting {
  private static final float TAKEN = Float.NEGATIVE_INFINITY;
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);

  private final Workers workers;
  private final Scratch scratch; // scores, worths, worths of groups, a row sum; a worker
  private final PanelRouting routing;
  private final RouteRule rule;
  private final WorkerTeam.Task task = this::routeToken;

  private NativeTensor logits = NONE;
  private @Nullable NativeTensor correction;
  private @Nullable NativeTensor sharedGate;
  private NativeTensor map = NONE;
  private NativeTensor adapters = NONE;
  private int mapRow;

  Rerouting(Workers workers, PanelRouting routing) {
    this.workers = workers;
    this.routing = routing;
    this.rule = routing.rule();
    scratch = new Scratch(workers.count());
    scratch.ensure(4L * (2L * rule.routed() + rule.groups() + Numerics.LANES));
  }

  void run(
      NativeTensor logitRows,
      @Nullable NativeTensor corrections,
      @Nullable NativeTensor gates,
      NativeTensor mapTable,
      int row,
      NativeTensor adapterRows,
      int count) {
    logits = logitRows;
    correction = corrections;
    sharedGate = gates;
    map = mapTable;
    mapRow = row;
    adapters = adapterRows;
    workers.run(task, count, (long) count * rule.routed() * (rule.topK() + 8));
    routing.group(count);
  }

  /**
   * Counts the picks of the batch just routed, one thread for all of them: another's would have to
   * be added, which costs more than it saves.
   */
  void count(NativeTensor counts, int tokens) {
    int k = rule.topK();
    for (int token = 0; token < tokens; token++) {
      long row = counts.row(mapRow + adapters.intAt(token));
      long picks = routing.picks().row(token);
      for (int rank = 0; rank < k; rank++) {
        long cell = row + 4L * Lanes.getInt(picks + 4L * rank);
        Lanes.setInt(cell, Lanes.getInt(cell) + 1);
      }
    }
  }

  private void routeToken(int worker, int token) {
    long scores = scratch.of(worker);
    long worth = scores + 4L * rule.routed();
    if (rule.sigmoid()) {
      RowKernels.sigmoid(scores, logits.row(token), rule.routed());
    } else {
      softmax(logits.row(token), scores);
    }
    Lanes.copy(scores, worth, 4L * rule.routed());
    if (correction != null) {
      RowKernels.add(worth, correction.address(), rule.routed());
    }
    if (rule.groups() > 1) {
      limitToGroups(worth);
    }
    long weights = routing.weights().row(token);
    long slots = routing.slots().row(token);
    long mapped = map.row(mapRow + adapters.intAt(token));
    pick(token, scores, worth, weights, slots, mapped);
    float shared =
        sharedGate == null ? 1f : Numerics.sigmoid(Lanes.getFloat(sharedGate.row(token)));
    for (int s = 0; s < rule.shared(); s++) {
      long at = 4L * (rule.topK() + s);
      Lanes.setFloat(weights + at, shared);
      Lanes.setInt(slots + at, Lanes.getInt(mapped + 4L * (rule.routed() + s)));
    }
  }

  private void softmax(long row, long scores) {
    int n = rule.routed();
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, Lanes.getFloat(row + 4L * i));
    }
    Lanes.copy(row, scores, 4L * n);
    RowKernels.expMinus(scores, scores, max, n);
    long sums = scores + 4L * (2L * n + rule.groups());
    RowKernels.divide(scores, RowKernels.sum(scores, n, sums), n);
  }

  /** Experts outside the best groups are worth nothing. */
  private void limitToGroups(long worth) {
    int size = rule.routed() / rule.groups();
    long groups = worth + 4L * rule.routed();
    for (int g = 0; g < rule.groups(); g++) {
      Lanes.setFloat(groups + 4L * g, worthOf(worth + 4L * g * size, size));
    }
    for (int rank = 0; rank < rule.topGroups(); rank++) {
      Lanes.setFloat(groups + 4L * best(groups, rule.groups()), TAKEN);
    }
    for (int g = 0; g < rule.groups(); g++) {
      if (Lanes.getFloat(groups + 4L * g) != TAKEN) {
        for (int i = g * size; i < (g + 1) * size; i++) {
          Lanes.setFloat(worth + 4L * i, TAKEN);
        }
      }
    }
  }

  /** A group's: that of its best expert, or of its best two together. */
  private float worthOf(long group, int size) {
    float best = TAKEN;
    float second = TAKEN;
    for (int i = 0; i < size; i++) {
      float worth = Lanes.getFloat(group + 4L * i);
      if (worth > best) {
        second = best;
        best = worth;
      } else {
        second = Math.max(second, worth);
      }
    }
    return rule.sigmoid() ? best + second : best;
  }

  private void pick(int token, long scores, long worth, long weights, long slots, long mapped) {
    long picks = routing.picks().row(token);
    int k = rule.topK();
    float sum = 0f;
    for (int rank = 0; rank < k; rank++) {
      int pick = best(worth, rule.routed());
      float score = Lanes.getFloat(scores + 4L * pick);
      Lanes.setInt(picks + 4L * rank, pick);
      Lanes.setFloat(weights + 4L * rank, score);
      Lanes.setInt(slots + 4L * rank, Lanes.getInt(mapped + 4L * pick));
      sum += score;
      Lanes.setFloat(worth + 4L * pick, TAKEN);
    }
    for (int rank = 0; rank < k; rank++) {
      float weight = Lanes.getFloat(weights + 4L * rank);
      float share = rule.normalize() ? weight / (sum + 1e-20f) : weight;
      Lanes.setFloat(weights + 4L * rank, share * rule.scale());
    }
  }

  /** Index of the largest of n values, the first of equals. */
  private static int best(long values, int n) {
    int best = 0;
    float bestValue = Lanes.getFloat(values);
    for (int i = 1; i < n; i++) {
      float value = Lanes.getFloat(values + 4L * i);
      if (value > bestValue) {
        best = i;
        bestValue = value;
      }
    }
    return best;
  }

  void close() {
    scratch.close();
  }
}
