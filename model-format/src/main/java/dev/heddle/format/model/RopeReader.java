package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.Rope;
import dev.heddle.format.model.ModelShape.Yarn;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rotary embedding from either generation of names: {@code rope_theta} beside {@code
 * rope_scaling}, or {@code rope_parameters} with both.
 */
final class RopeReader {
  private static final double DEFAULT_THETA = 10000;
  private static final Set<String> YARN =
      Set.of(
          "type",
          "rope_type",
          "rope_theta",
          "partial_rotary_factor", // the family's
          "factor",
          "original_max_position_embeddings",
          "beta_fast",
          "beta_slow",
          "mscale",
          "mscale_all_dim");
  private static final Set<String> PLAIN =
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
    fields.oneOf("rope_type", "default", "yarn");
    fields.oneOf("type", "default", "yarn");
    if (!fields.find("type", type).equals(type)) {
      violations.add(
          "conflicting-fields", fields.path("type"), "it does not say the same as rope_type");
    }
    if (type.equals("yarn")) {
      fields.noneBut(YARN);
      return new Rope(theta, pairs, yarn(fields, violations));
    }
    if (type.equals("default")) {
      fields.noneBut(PLAIN);
    }
    return new Rope(theta, pairs, null);
  }

  private static @Nullable Yarn yarn(JsonFields fields, Violations violations) {
    Yarn yarn =
        new Yarn(
            fields.number("factor", 1, 1e6, null),
            fields.integer("original_max_position_embeddings", 1, 1 << 24, null),
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
