package dev.heddle.score;

import dev.heddle.format.Json;
import dev.heddle.format.adapter.BaseExperts;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.ExpertPlan;
import dev.heddle.format.model.ModelShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The experts to train: in each layer, the smallest set of the most relevant experts whose
 * relevance sums to a share p (ESFT, equation 7).
 *
 * @param config what {@code expert_cfg.json} says of them
 * @param layersBelow layers where even all experts that any token was sent to stay below p; all
 *     those are taken there
 */
public record ExpertChoice(ExpertConfig config, List<Integer> layersBelow) {
  /** What sums may fall short of p by rounding. */
  private static final double ROUNDING = 1e-9;

  public ExpertChoice {
    layersBelow = List.copyOf(layersBelow);
  }

  /**
   * Chooses. Of experts with equal scores the lower id comes first; one that no token was sent to
   * is never taken.
   *
   * @param p above 0 and at most 1
   * @throws IllegalArgumentException if p is not
   */
  public static ExpertChoice of(ExpertScores scores, Relevance relevance, double p) {
    if (!(p > 0 && p <= 1)) {
      throw new IllegalArgumentException("p must be above 0 and at most 1: " + p);
    }
    NavigableMap<Integer, List<Integer>> chosen = new TreeMap<>();
    List<Integer> below = new ArrayList<>();
    for (ExpertScores.Layer layer : scores.layers()) {
      List<Double> values = layer.of(relevance);
      double sum = 0;
      List<Integer> experts = new ArrayList<>();
      for (int expert : byFallingScore(values)) {
        if (sum >= p - ROUNDING || values.get(expert) == 0) {
          break;
        }
        experts.add(expert);
        sum += values.get(expert);
      }
      if (sum < p - ROUNDING) {
        below.add(layer.number());
      }
      chosen.put(layer.number(), experts.stream().sorted().toList());
    }
    return new ExpertChoice(new ExpertConfig(chosen, false, false), below);
  }

  /** What an adapter of these experts needs. */
  public ExpertPlan plan(ModelShape base) {
    return ExpertPlan.of(Json.parse(config.json(), ExpertConfig.FILE), BaseExperts.of(base));
  }

  private static int[] byFallingScore(List<Double> values) {
    return IntStream.range(0, values.size())
        .boxed()
        .sorted(Comparator.comparing(values::get, Comparator.<Double>reverseOrder()))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
