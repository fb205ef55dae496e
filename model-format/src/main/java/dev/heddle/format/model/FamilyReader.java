package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.Rope;
import org.jspecify.annotations.Nullable;

/**
 * What of a {@code config.json} is a family's own. What Heddle does not compute is refused by field
 * and value.
 */
abstract class FamilyReader {
  static final int MAX_WIDTH = 1 << 18;
  static final int MAX_HEAD_WIDTH = 1 << 12;

  private static final int MAX_EXPERTS = 1 << 17;
  private static final int MAX_EXPERTS_OF_LAYER = 4096;

  final JsonFields config;
  final Violations violations;

  FamilyReader(JsonFields config, Violations violations) {
    this.config = config;
    this.violations = violations;
  }

  /** Refuses what only this family has and nobody computes. */
  abstract void refuseUnsupported();

  abstract Attention attention(int hidden, int heads, int layers);

  abstract Experts experts(int layers);

  abstract Rope rope();

  /** Width of a dense layer's MLP. */
  int denseIntermediate() {
    return config.integer("intermediate_size", 1, MAX_WIDTH, null);
  }

  int vocabulary(int max) {
    return config.integer("vocab_size", 1, max, null);
  }

  int layers() {
    return config.integer("num_hidden_layers", 1, 1024, null);
  }

  int heads() {
    return config.integer("num_attention_heads", 1, 1024, null);
  }

  int hidden() {
    return config.integer("hidden_size", 1, MAX_WIDTH, null);
  }

  int maxContext(int max) {
    return config.integer("max_position_embeddings", 1, max, null);
  }

  /** Routed experts of a layer. */
  final int routed(String field, int layers, @Nullable Integer absent) {
    int routed = config.integer(field, 1, MAX_EXPERTS_OF_LAYER, absent);
    if (layers * routed > MAX_EXPERTS) {
      violations.add(
          "out-of-range",
          config.path(field),
          layers + " layers of " + routed + " are more than " + MAX_EXPERTS + " experts");
    }
    return routed;
  }

  /** Experts that a token picks. */
  final int topK(int routed) {
    int topK = config.integer("num_experts_per_tok", 1, MAX_EXPERTS_OF_LAYER, null);
    if (topK > routed) {
      violations.add(
          "out-of-range",
          config.path("num_experts_per_tok"),
          "expected at most the " + routed + " routed experts, found " + topK);
    }
    return topK;
  }

  /** Checks {@code n_group} and {@code topk_group}. */
  final void checkGroups(int routed, int topK, int groups, int topGroups, int best) {
    if (routed % groups != 0) {
      violations.add(
          "out-of-range",
          config.path("n_group"),
          groups + " groups do not divide " + routed + " routed experts");
    } else if (topGroups > groups) {
      violations.add(
          "out-of-range",
          config.path("topk_group"),
          "expected at most the " + groups + " groups, found " + topGroups);
    } else if (groups > 1 && topK > topGroups * (routed / groups)) {
      violations.add(
          "out-of-range",
          config.path("topk_group"),
          topGroups + " groups have fewer than the " + topK + " experts a token picks");
    } else if (groups > 1 && routed / groups < best) {
      violations.add(
          "out-of-range", config.path("n_group"), "a group has fewer than " + best + " experts");
    }
  }

  /** Notes that no layer has experts, at the field that says so. */
  final void requireMoeLayer(String field, int layers, ModelShape.MoeLayers which) {
    for (int layer = 0; layer < layers; layer++) {
      if (which.includes(layer)) {
        return;
      }
    }
    violations.add(
        "out-of-range",
        config.path(field),
        "none of the " + layers + " layers is a Mixture-of-Experts layer");
  }

  /** Notes a violation unless a boolean has a value or is absent. */
  final void mustBe(String field, boolean value, String why) {
    if (config.bool(field, value) != value) {
      unsupported(field, why);
    }
  }

  final void unsupported(String field, String why) {
    violations.add("unsupported-value", config.path(field), why + "; found " + config.find(field));
  }
}
