package dev.heddle.format.adapter;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape;
import java.util.ArrayList;
import java.util.List;
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
  public static ExpertPlan of(JsonNode expertConfig, ModelShape base) {
    Violations violations = new Violations();
    ExpertConfig config = ExpertConfig.parse(expertConfig, violations);
    config
        .experts()
        .forEach((layer, experts) ->
            experts.forEach(e -> BaseCheck.hasRouted(base, layer, e, violations)));
    boolean shared = config.shared() && BaseCheck.hasShared(base, violations);
    violations.throwIfAny();
    List<Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < base.layers(); layer++) {
      int routed = config.experts().getOrDefault(layer, List.of()).size();
      int beside = shared && base.isMoe(layer) ? base.experts().shared() : 0;
      if (routed + beside > 0) {
        layers.add(new Layer(layer, routed, beside));
      }
    }
    long experts = layers.stream().mapToInt(Layer::experts).sum();
    return new ExpertPlan(layers, experts * base.expertElements() * base.dtype().bytes());
  }
}
