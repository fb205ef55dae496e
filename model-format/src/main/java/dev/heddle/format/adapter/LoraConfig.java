package dev.heddle.format.adapter;

import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a PEFT {@code adapter_config.json} says of a LoRA's scale (arXiv 2106.09685).
 *
 * @param alpha factor on every product, before it is divided
 * @param alphas the factor where it is another, by the end of a module's name
 * @param rankStabilized the divisor is the root of the rank (arXiv 2312.03732), not the rank
 */
record LoraConfig(double alpha, Map<String, Double> alphas, boolean rankStabilized) {
  static final String FILE = "adapter_config.json";

  /** Ways to start a training that change the base's weights, on which the adapter then rests. */
  private static final List<String> CHANGES_BASE =
      List.of("pissa", "olora", "loftq", "corda", "lora_ga");

  /** A module's name or its end: what PEFT takes for a regular expression is not evaluated here. */
  private static final Pattern NAME = Pattern.compile("\\^?[A-Za-z0-9_.]+");

  /** Reads a folder's file; what cannot be folded is noted by field and value. */
  static LoraConfig read(Path folder, Violations violations) {
    JsonNode json = Json.read(folder.resolve(FILE), Json.CONFIG_BYTES);
    JsonFields fields = new JsonFields(json, FILE, violations);
    fields.oneOf("peft_type", "LORA");
    fields.oneOf("bias", "none");
    for (String flag : List.of("use_dora", "lora_bias", "fan_in_fan_out", "use_qalora")) {
      if (fields.bool(flag, false)) {
        unsupported(fields, flag, violations);
      }
    }
    for (String list : List.of("modules_to_save", "trainable_token_indices")) {
      JsonNode value = fields.find(list);
      if (value != null && !value.isEmpty()) {
        unsupported(fields, list, violations);
      }
    }
    JsonNode start = fields.find("init_lora_weights");
    if (start != null
        && start.isString()
        && CHANGES_BASE.stream()
            .anyMatch(start.stringValue().toLowerCase(Locale.ROOT)::startsWith)) {
      violations.add(
          "unsupported-value",
          fields.path("init_lora_weights"),
          start
              + " changes the base model's weights: convert the adapter to one of the"
              + " original base first, as PEFT's documentation says");
    }
    double alpha = fields.number("lora_alpha", -1e6, 1e6, null);
    return new LoraConfig(alpha, alphas(fields, violations), fields.bool("use_rslora", false));
  }

  private static Map<String, Double> alphas(JsonFields fields, Violations violations) {
    Map<String, Double> alphas = new TreeMap<>();
    JsonFields patterns = fields.object("alpha_pattern");
    JsonNode listed = fields.find("alpha_pattern");
    if (patterns != null && listed != null) {
      for (String name : listed.propertyNames()) {
        String plain = name.replace("\\.", ".");
        if (!NAME.matcher(plain).matches()) {
          violations.add(
              "unsupported-value",
              patterns.path(name),
              "only a module's name or the end of one is understood");
        } else {
          alphas.put(plain, patterns.number(name, -1e6, 1e6, null));
        }
      }
    }
    return alphas;
  }

  private static void unsupported(JsonFields fields, String field, Violations violations) {
    violations.add(
        "unsupported-value",
        fields.path(field),
        fields.find(field) + " cannot be folded into experts");
  }

  /** Factor on the product of a module's two matrices of a rank. */
  float scale(String module, int rank) {
    double factor = alpha;
    for (Map.Entry<String, Double> entry : alphas.entrySet()) {
      if (matches(module, entry.getKey())) {
        factor = entry.getValue();
        break;
      }
    }
    return (float) (factor / (rankStabilized ? Math.sqrt(rank) : rank));
  }

  private static boolean matches(String module, String name) {
    return name.startsWith("^")
        ? module.equals(name.substring(1))
        : module.equals(name) || module.endsWith("." + name);
  }
}
