package dev.heddle.ops.reference;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Picks, weights and slots of a batch, and how one token comes to its own. */
final class ReferenceRouting implements Routing {
  private final RouteRule rule;
  private final Buffers.Ints picks;
  private final Buffers.Floats weights;
  private final Buffers.Ints slots;
  private final RowMath row = new RowMath();
  private final float[] scores;
  private final float[] worth; // what decides: scores with their correction
  private final float[] groupWorth;

  /** Activations of one expert, and its output. */
  final float[] gate;

  final float[] up;
  final float[] down;

  ReferenceRouting(int tokens, RouteRule rule, Weights.Pool pool) {
    this.rule = rule;
    picks = Buffers.Ints.of("picks", tokens, rule.topK());
    weights = Buffers.Floats.of("weights", tokens, rule.perToken());
    slots = Buffers.Ints.of("slots", tokens, rule.perToken());
    scores = new float[rule.routed()];
    worth = new float[rule.routed()];
    groupWorth = new float[rule.groups()];
    gate = new float[pool.intermediate()];
    up = new float[pool.intermediate()];
    down = new float[pool.hidden()];
  }

  RouteRule rule() {
    return rule;
  }

  @Override
  public Tensor picks() {
    return picks;
  }

  @Override
  public Tensor weights() {
    return weights;
  }

  @Override
  public Tensor slots() {
    return slots;
  }

  /** Scores the token whose logits begin at {@code logitsAt}. */
  void score(float[] logits, int logitsAt, float @Nullable [] correction) {
    if (rule.sigmoid()) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] = Numerics.sigmoid(logits[logitsAt + i]);
      }
    } else {
      softmax(logits, logitsAt);
    }
    for (int i = 0; i < scores.length; i++) {
      worth[i] = correction == null ? scores[i] : scores[i] + correction[i];
    }
  }

  /** Routes token t, which was scored just now: its row of the map begins at {@code mapAt}. */
  void route(int t, float sharedWeight, int[] map, int mapAt) {
    if (rule.groups() > 1) {
      limitToGroups();
    }
    int k = rule.topK();
    float sum = 0f;
    for (int rank = 0; rank < k; rank++) {
      int pick = best(worth);
      picks.values()[t * k + rank] = pick;
      weights.values()[t * rule.perToken() + rank] = scores[pick];
      slots.values()[t * rule.perToken() + rank] = map[mapAt + pick];
      sum += scores[pick];
      worth[pick] = Float.NEGATIVE_INFINITY; // taken
    }
    for (int rank = 0; rank < k; rank++) {
      int at = t * rule.perToken() + rank;
      float weight = weights.values()[at];
      weights.values()[at] = (rule.normalize() ? weight / (sum + 1e-20f) : weight) * rule.scale();
    }
    for (int s = 0; s < rule.shared(); s++) {
      weights.values()[t * rule.perToken() + k + s] = sharedWeight;
      slots.values()[t * rule.perToken() + k + s] = map[mapAt + rule.routed() + s];
    }
  }

  /** Counts the picks of token t in the row of counters that begins at {@code at}. */
  void count(int t, int[] counts, int at) {
    for (int rank = 0; rank < rule.topK(); rank++) {
      counts[at + picks.values()[t * rule.topK() + rank]]++;
    }
  }

  private void softmax(float[] logits, int at) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      max = Math.max(max, logits[at + i]);
    }
    row.clear();
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Numerics.exp(logits[at + i] - max);
      row.add(i, scores[i]);
    }
    float sum = row.sum();
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Experts outside the best groups are worth nothing. */
  private void limitToGroups() {
    int size = worth.length / rule.groups();
    for (int g = 0; g < rule.groups(); g++) {
      groupWorth[g] = worthOf(g * size, size);
    }
    for (int rank = 0; rank < rule.topGroups(); rank++) {
      groupWorth[best(groupWorth)] = Float.NEGATIVE_INFINITY; // chosen
    }
    for (int g = 0; g < rule.groups(); g++) {
      if (groupWorth[g] != Float.NEGATIVE_INFINITY) {
        Arrays.fill(worth, g * size, (g + 1) * size, Float.NEGATIVE_INFINITY);
      }
    }
  }

  /** That of the best expert, or of the best two together. */
  private float worthOf(int from, int size) {
    float best = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + size; i++) {
      if (worth[i] > best) {
        second = best;
        best = worth[i];
      } else {
        second = Math.max(second, worth[i]);
      }
    }
    return rule.sigmoid() ? best + second : best;
  }

  /** Index of the largest value, the first of equals. */
  private static int best(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
