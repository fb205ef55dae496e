package dev.heddle.app.api.adapters;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.adapter.Aliases;
import dev.heddle.registry.adapter.VersionName;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The versions that a name is to refer to.
 *
 * @param targets versions of the caller's own, each once
 */
record NewTargets(List<Target> targets) {
  /**
   * @param version {@code adapter@number}
   * @param weight its share of the requests, relative to the other targets'; 1 if absent
   */
  record Target(
      @Schema(example = "intent@3") String version,
      @Schema(minimum = "1", maximum = "" + Aliases.WEIGHT_MAX, defaultValue = "1")
          @Nullable Integer weight) {}

  static NewTargets read(Fields fields) {
    fields.allowOnly("targets");
    List<Target> targets = new ArrayList<>();
    JsonNode list = fields.find("targets");
    if (list == null || !list.isArray() || list.isEmpty() || list.size() > Aliases.TARGETS_MAX) {
      fields.fault("targets", "must be an array of 1 to " + Aliases.TARGETS_MAX + " targets");
      return new NewTargets(targets);
    }
    for (int i = 0; i < list.size(); i++) {
      String place = "targets[" + i + "]";
      if (list.get(i) instanceof ObjectNode object) {
        targets.add(target(fields.element(place, object), targets));
      } else {
        fields.fault(place, "must be an object");
      }
    }
    return new NewTargets(targets);
  }

  private static Target target(Fields fields, List<Target> before) {
    fields.allowOnly("version", "weight");
    String version = fields.requiredString("version");
    Integer weight = fields.integer("weight", 1, Aliases.WEIGHT_MAX);
    if (!version.isEmpty() && VersionName.parse(version).isEmpty()) {
      fields.fault("version", "must name a version, such as intent@3");
    } else if (before.stream().anyMatch(t -> t.version().equals(version))) {
      fields.fault("version", "is there twice");
    }
    return new Target(version, weight);
  }

  /** Without faults, as the registry takes them. */
  Map<VersionName, Integer> weights() {
    Map<VersionName, Integer> weights = new LinkedHashMap<>();
    for (Target target : targets) {
      Integer weight = target.weight();
      weights.put(VersionName.parse(target.version()).orElseThrow(), weight == null ? 1 : weight);
    }
    return weights;
  }
}
