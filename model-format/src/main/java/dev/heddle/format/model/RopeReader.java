package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Linear;
import dev.heddle.format.model.ModelShape.Llama3;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.Rope;
import dev.heddle.format.model.ModelShape.Scaling;
import dev.heddle.format.model.ModelShape.Yarn;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rotary embedding from either generation of names: {@code rope_theta} beside {@code
 * rope_scaling}, or {@code rope_parameters} with both.
 */
final class RopeReader {
  private static final double DEFAULT_THETA = 10000;
  private static final String[] TYPES = {"default", "linear", "llama3", "yarn"};

  /** Of every type; the share of a head that is rotated is the family's. */
  private static final Set<String> COMMON =
      Set.of("type", "rope_type", "rope_theta", "partial_rotary_factor");

  private RopeReader() {}

  static Rope read(JsonFields config, Pairs pairs, Violations violations) {
    double theta = theta(config, DEFAULT_THETA);
    JsonFields older = config.object("rope_scaling");
    JsonFields newer = config.object("rope_parameters");
    Rope scaling = older == null ? null : rope(older, theta, pairs, violations);
    Rope parameters = newer == null ? null : rope(newer, theta, pairs, violations);
    if (scaling != null && parameters != null && !scaling.equals(parameters)) {
      violations.add(
          "conflicting-fields",
          config.path("rope_parameters"),
          "it does not say the same as rope_scaling");
    }
    if (parameters != null) {
      return parameters;
    }
    return scaling != null ? scaling : new Rope(theta, pairs, null);
  }

  private static double theta(JsonFields fields, double absent) {
    return fields.number("rope_theta", 1, 1e12, absent);
  }

  private static Rope rope(
      JsonFields fields, double outerTheta, Pairs pairs, Violations violations) {
    double theta = theta(fields, outerTheta);
    String type = fields.find("rope_type", fields.find("type", "default"));
    fields.oneOf("rope_type", TYPES);
    fields.oneOf("type", TYPES);
    if (!fields.find("type", type).equals(type)) {
      violations.add(
          "conflicting-fields", fields.path("type"), "it does not say the same as rope_type");
    }
    return new Rope(theta, pairs, scaling(type, fields, violations));
  }

  private static @Nullable Scaling scaling(String type, JsonFields fields, Violations violations) {
    return switch (type) {
      case "yarn" -> yarn(fields, violations);
      case "llama3" -> llama3(fields, violations);
      case "linear" -> linear(fields);
      case "default" -> {
        noneBut(fields);
        yield null;
      }
      default -> null; // refused already
    };
  }

  private static void noneBut(JsonFields fields, String... others) {
    Set<String> known = new HashSet<>(COMMON);
    known.addAll(List.of(others));
    fields.noneBut(known);
  }

  private static double factor(JsonFields fields) {
    return fields.number("factor", 1, 1e6, null);
  }

  private static int originalContext(JsonFields fields) {
    return fields.integer("original_max_position_embeddings", 1, 1 << 24, null);
  }

  private static Linear linear(JsonFields fields) {
    noneBut(fields, "factor");
    return new Linear(factor(fields));
  }

  private static Llama3 llama3(JsonFields fields, Violations violations) {
    noneBut(
        fields,
        "factor",
        "low_freq_factor",
        "high_freq_factor",
        "original_max_position_embeddings");
    Llama3 llama3 =
        new Llama3(
            factor(fields),
            fields.number("low_freq_factor", 1e-6, 1e6, null),
            fields.number("high_freq_factor", 1e-6, 1e6, null),
            originalContext(fields));
    if (llama3.highFrequency() <= llama3.lowFrequency()) {
      violations.add(
          "out-of-range",
          fields.path("high_freq_factor"),
          "it is not above low_freq_factor, " + llama3.lowFrequency());
    }
    return llama3;
  }

  private static Yarn yarn(JsonFields fields, Violations violations) {
    noneBut(
        fields,
        "factor",
        "original_max_position_embeddings",
        "beta_fast",
        "beta_slow",
        "mscale",
        "mscale_all_dim");
    Yarn yarn =
        new Yarn(
            factor(fields),
            originalContext(fields),
            fields.number("beta_fast", 1e-6, 1e6, 32.0),
            fields.number("beta_slow", 1e-6, 1e6, 1.0),
            fields.number("mscale", 0, 1e3, 1.0),
            fields.number("mscale_all_dim", 0, 1e3, 0.0));
    if (yarn.betaFast() < yarn.betaSlow()) {
      violations.add(
          "out-of-range", fields.path("beta_fast"), "it is below beta_slow, " + yarn.betaSlow());
    }
    return yarn;
  }
}
