package dev.heddle.app.api.adapters;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.adapter.AdapterChanges;
import dev.heddle.registry.adapter.Visibility;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes of an adapter. Absent fields stay as they are.
 *
 * @param labels set one by one; null removes a label; others stay
 */
record AdapterPatch(
    @Schema(allowableValues = {"private", "granted", "public"}) @Nullable String visibility,
    @Schema(maxLength = AdapterChanges.DESCRIPTION_MAX) @Nullable String description,
    @Nullable Map<String, @Nullable String> labels) {
  /** As many as can be taken away and set in one change. */
  private static final int LABELS_GIVEN_MAX = 2 * AdapterChanges.LABELS_MAX;

  static AdapterPatch read(Fields fields) {
    fields.allowOnly("visibility", "description", "labels");
    return of(fields);
  }

  /** Reads these fields, whatever others there are. */
  static AdapterPatch of(Fields fields) {
    String visibility = fields.string("visibility");
    if (visibility != null && !isVisibility(visibility)) {
      fields.fault("visibility", "must be private, granted or public");
    }
    return new AdapterPatch(visibility, fields.string("description"), labels(fields));
  }

  /** Without faults, as the registry takes them. */
  AdapterChanges changes() {
    Map<String, String> set = new HashMap<>();
    Set<String> gone = new HashSet<>();
    if (labels != null) {
      labels.forEach((key, value) -> {
        if (value == null) {
          gone.add(key);
        } else {
          set.put(key, value);
        }
      });
    }
    return new AdapterChanges(
        visibility == null ? null : Visibility.of(visibility), description, set, gone);
  }

  private static boolean isVisibility(String text) {
    for (Visibility visibility : Visibility.values()) {
      if (visibility.text().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Map<String, @Nullable String> labels(Fields fields) {
    JsonNode given = fields.find("labels");
    if (given == null) {
      return null;
    }
    Map<String, @Nullable String> labels = new HashMap<>();
    if (!(given instanceof ObjectNode object)) {
      fields.fault("labels", "must be an object");
      return labels;
    }
    if (object.size() > LABELS_GIVEN_MAX) {
      fields.fault("labels", "must hold at most " + LABELS_GIVEN_MAX + " labels");
      return labels;
    }
    for (Map.Entry<String, JsonNode> label : object.properties()) {
      JsonNode value = label.getValue();
      String place = "labels." + label.getKey();
      labels.put(label.getKey(), value.isNull() ? null : fields.text(place, value));
    }
    return labels;
  }
}
