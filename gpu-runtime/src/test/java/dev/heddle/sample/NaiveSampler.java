package dev.heddle.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The definition of sampling, in doubles, with a full sort and boxed tokens. */
final class NaiveSampler {
  private NaiveSampler() {}

  /** Logits after bias, penalties and mask. */
  static float[] adjusted(
      float[] logits, SamplingParams params, List<Integer> prompt, List<Integer> output) {
    float[] row = logits.clone();
    params.logitBias().forEach((token, bias) -> row[token] += bias);
    Map<Integer, Integer> counts = new HashMap<>();
    output.forEach(token -> counts.merge(token, 1, Integer::sum));
    for (int token = 0; token < row.length; token++) {
      if (prompt.contains(token) || output.contains(token)) {
        row[token] =
            row[token] > 0
                ? row[token] / params.repetitionPenalty()
                : row[token] * params.repetitionPenalty();
      }
      if (counts.containsKey(token)) {
        row[token] -= params.frequencyPenalty() * counts.get(token) + params.presencePenalty();
      }
    }
    return row;
  }

  /** Probability of each token that may be drawn, in rising order of id. */
  static Map<Integer, Double> distribution(float[] row, SamplingParams params) {
    List<Integer> order = new ArrayList<>();
    for (int token = 0; token < row.length; token++) {
      if (row[token] != Float.NEGATIVE_INFINITY) {
        order.add(token);
      }
    }
    order.sort(
        Comparator.comparingDouble((Integer token) -> 0.0 - row[token]) // so that -0 and 0 tie
            .thenComparingInt(token -> token));
    double best = row[order.getFirst()];
    if (params.temperature() == 0) {
      return Map.of(order.getFirst(), 1.0);
    }
    if (params.topK() > 0 && params.topK() < order.size()) {
      order = order.subList(0, params.topK());
    }
    double total = 0;
    for (int token : order) {
      total += weight(row[token], best, params);
    }
    Map<Integer, Double> kept = new TreeMap<>();
    double cumulative = 0;
    for (int token : order) {
      double weight = weight(row[token], best, params);
      if (params.topP() < 1 && cumulative >= params.topP() * total) {
        break;
      }
      cumulative += weight;
      if (weight >= params.minP()) {
        kept.put(token, weight);
      }
    }
    double keptTotal = kept.values().stream().mapToDouble(w -> w).sum();
    kept.replaceAll((token, weight) -> weight / keptTotal);
    return kept;
  }

  /** The first token at which the cumulative probability exceeds the number. */
  static int draw(Map<Integer, Double> distribution, double uniform) {
    double cumulative = 0;
    int drawn = -1;
    for (Map.Entry<Integer, Double> entry : distribution.entrySet()) {
      drawn = entry.getKey();
      cumulative += entry.getValue();
      if (cumulative > uniform) {
        break;
      }
    }
    return drawn;
  }

  static double logprob(float[] logits, int token) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return logits[token] - max - Math.log(sum);
  }

  private static double weight(double logit, double best, SamplingParams params) {
    return Math.exp((logit - best) / params.temperature());
  }
}
