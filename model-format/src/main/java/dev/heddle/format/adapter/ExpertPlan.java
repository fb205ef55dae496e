package dev.heddle.format.adapter;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What an adapter will need, told from its {@code expert_cfg.json} alone: all that it tunes, as
 * experts that neither the base nor another adapter has.
 *
 * @param layers those with tuned experts, rising
 * @param bytes of all its experts' weights
 */
public record ExpertPlan(List<Layer> layers, long bytes) {
  public ExpertPlan {
    layers = List.copyOf(layers);
  }

  /**
   * One layer.
   *
   * @param routed tuned routed experts
   * @param shared tuned shared experts
   */
  public record Layer(int layer, int routed, int shared) {
    int experts() {
      return routed + shared;
    }
  }

  /** Experts over all layers. */
  public int experts() {
    return layers.stream().mapToInt(Layer::experts).sum();
  }

  /**
   * Reads a configuration and checks it against its base.
   *
   * @throws FormatException with everything wrong
   */
  public static ExpertPlan of(JsonNode expertConfig, BaseExperts base) {
    Violations violations = new Violations();
    ExpertPlan plan = of(ExpertConfig.parse(expertConfig, violations), base, violations);
    violations.throwIfAny();
    return plan;
  }

  /** As the other; what the base lacks is noted and left out. */
  static ExpertPlan of(ExpertConfig config, BaseExperts base, Violations violations) {
    Map<Integer, Integer> routed = new HashMap<>();
    config
        .experts()
        .forEach((layer, experts) ->
            routed.put(layer, BaseCheck.routed(base, layer, experts, violations).size()));
    int shared = config.shared() && BaseCheck.hasShared(base, violations) ? base.shared() : 0;
    List<Layer> layers = new ArrayList<>();
    for (int layer : base.moeLayers()) {
      int tuned = routed.getOrDefault(layer, 0);
      if (tuned + shared > 0) {
        layers.add(new Layer(layer, tuned, shared));
      }
    }
    long experts = layers.stream().mapToInt(Layer::experts).sum();
    return new ExpertPlan(layers, experts * base.expertBytes());
  }
}
