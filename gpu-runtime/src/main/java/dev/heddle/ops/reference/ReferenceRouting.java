package dev.heddle.ops.reference;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;
import java.util.Arrays;

/** Picks, weights and slots of a batch, and how one token comes to its own. */
final class ReferenceRouting implements Routing {
  private final RouteRule rule;
  private final Buffers.Ints picks;
  private final Buffers.Floats weights;
  private final Buffers.Ints slots;
  private final RowMath row = new RowMath();
  private final float[] scores;
  private final float[] groupScores;

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
    groupScores = new float[rule.groups()];
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

  /** Routes token t: its logits begin at {@code logitsAt}, its row of the map at {@code mapAt}. */
  void route(int t, float[] logits, int logitsAt, int[] map, int mapAt) {
    softmax(logits, logitsAt);
    if (rule.groups() > 1) {
      limitToGroups();
    }
    int k = rule.topK();
    float sum = 0f;
    for (int rank = 0; rank < k; rank++) {
      int pick = best(scores);
      picks.values()[t * k + rank] = pick;
      weights.values()[t * rule.perToken() + rank] = scores[pick];
      slots.values()[t * rule.perToken() + rank] = map[mapAt + pick];
      sum += scores[pick];
      scores[pick] = -1f; // taken: below every score
    }
    for (int rank = 0; rank < k; rank++) {
      int at = t * rule.perToken() + rank;
      boolean normalize = rule.normalize() && k > 1;
      weights.values()[at] =
          normalize ? weights.values()[at] / (sum + 1e-20f) : weights.values()[at] * rule.scale();
    }
    for (int s = 0; s < rule.shared(); s++) {
      weights.values()[t * rule.perToken() + k + s] = 1f;
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

  /** Scores outside the best groups become 0. */
  private void limitToGroups() {
    int size = scores.length / rule.groups();
    for (int g = 0; g < rule.groups(); g++) {
      groupScores[g] = scores[g * size];
      for (int i = 1; i < size; i++) {
        groupScores[g] = Math.max(groupScores[g], scores[g * size + i]);
      }
    }
    for (int rank = 0; rank < rule.topGroups(); rank++) {
      groupScores[best(groupScores)] = -1f; // chosen
    }
    for (int g = 0; g < rule.groups(); g++) {
      if (groupScores[g] != -1f) {
        Arrays.fill(scores, g * size, (g + 1) * size, 0f);
      }
    }
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
