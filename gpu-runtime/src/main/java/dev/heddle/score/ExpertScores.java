package dev.heddle.score;

import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RoutingSums;
import java.util.ArrayList;
import java.util.List;

/**
 * How relevant each routed expert is to sample data, by both measures.
 *
 * @param tokens of the samples, at least one
 * @param layers all MoE layers, rising
 */
public record ExpertScores(long tokens, List<Layer> layers) {
  public ExpertScores {
    layers = List.copyOf(layers);
  }

  /**
   * Scores of one layer, each from 0 to 1.
   *
   * @param number among all decoder layers, from 0
   * @param gate average gate score of each expert; they sum to 1 where the model normalises the
   *     weights of a token's experts, else to less
   * @param token token selection ratio of each expert; they sum to 1
   */
  public record Layer(int number, List<Double> gate, List<Double> token) {
    public Layer {
      gate = List.copyOf(gate);
      token = List.copyOf(token);
    }

    /** The scores of one measure. */
    public List<Double> of(Relevance relevance) {
      return switch (relevance) {
        case GATE -> gate;
        case TOKEN -> token;
      };
    }
  }

  /**
   * Scores from what routers decided.
   *
   * @throws IllegalArgumentException if there are no tokens
   */
  public static ExpertScores of(RoutingSums sums, ModelShape shape) {
    long tokens = sums.tokens();
    if (tokens == 0) {
      throw new IllegalArgumentException("no token was sent to an expert");
    }
    List<Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      if (shape.isMoe(layer)) {
        layers.add(layer(layer, layers.size(), sums, tokens));
      }
    }
    return new ExpertScores(tokens, layers);
  }

  private static Layer layer(int number, int moeLayer, RoutingSums sums, long tokens) {
    List<Double> gate = new ArrayList<>();
    List<Double> token = new ArrayList<>();
    for (int expert = 0; expert < sums.experts(); expert++) {
      gate.add(sums.gate(moeLayer, expert) / tokens);
      token.add((double) sums.picked(moeLayer, expert) / (tokens * sums.topK()));
    }
    return new Layer(number, gate, token);
  }
}
