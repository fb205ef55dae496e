package dev.heddle.format.adapter;

import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code expert_cfg.json} says an adapter tunes.
 *
 * @param experts decoder layer to its tuned routed experts, both rising; no empty lists
 * @param shared whether the shared experts of every MoE layer are tuned
 * @param nonExpertModules whether parts that are not experts are tuned, which cannot be served
 */
public record ExpertConfig(
    NavigableMap<Integer, List<Integer>> experts, boolean shared, boolean nonExpertModules) {
  /** The file's name. */
  public static final String FILE = "expert_cfg.json";

  /** What to do where a folder has no such file. */
  static final String ABSENT =
      "the folder does not have it, and ESFT's training does not write it: copy the file that was"
          + " the training's --expert_config (generate_expert_config.py makes it) here under this"
          + " name";

  private static final Set<String> FIELDS =
      Set.of("experts", "shared_experts", "non_expert_modules");
  private static final Pattern LAYER = Pattern.compile("0|[1-9][0-9]{0,3}");
  private static final int MAX_EXPERT = 1 << 16;

  public ExpertConfig {
    experts = Collections.unmodifiableNavigableMap(new TreeMap<>(experts));
  }

  /**
   * Reads a folder's file; whether layers and experts exist in a model is not checked here.
   *
   * @throws dev.heddle.format.FormatException if it is not JSON
   */
  static ExpertConfig read(Path folder, Violations violations) {
    return parse(Json.read(folder.resolve(FILE), Json.CONFIG_BYTES), violations);
  }

  /**
   * Reads a file's bytes; whether layers and experts exist in a model is not checked here.
   *
   * @throws dev.heddle.format.FormatException with everything wrong
   */
  public static ExpertConfig parse(byte[] json) {
    Violations violations = new Violations();
    ExpertConfig config = parse(Json.parse(json, FILE), violations);
    violations.throwIfAny();
    return config;
  }

  /** The file's bytes as this class reads them. */
  public byte[] json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ObjectNode layers = json.putObject("experts");
    experts.forEach((layer, ids) -> ids.forEach(layers.putArray(layer.toString())::add));
    json.put("shared_experts", shared).put("non_expert_modules", nonExpertModules);
    return JsonMapper.shared().writeValueAsBytes(json);
  }

  /** Reads a JSON value; what is wrong is noted and left out. */
  static ExpertConfig parse(JsonNode json, Violations violations) {
    JsonFields fields = new JsonFields(json, FILE, violations);
    fields.noneBut(FIELDS);
    NavigableMap<Integer, List<Integer>> experts = new TreeMap<>();
    if (!fields.has("experts")) {
      violations.add(
          "missing-field", fields.path("experts"), "expected an object of layers to experts");
    }
    JsonFields layers = fields.object("experts");
    JsonNode listed = fields.find("experts");
    if (layers != null && listed != null) {
      for (Map.Entry<String, JsonNode> layer : listed.properties()) {
        readLayer(layers, layer.getKey(), layer.getValue(), experts, violations);
      }
    }
    boolean shared = fields.bool("shared_experts", null);
    boolean others = fields.bool("non_expert_modules", null);
    if (others) {
      violations.add(
          "non-expert-modules",
          fields.path("non_expert_modules"),
          "attention, norms, router or embeddings were trained too, so this adapter cannot share"
              + " the base's forward pass; train experts only");
    }
    if (violations.isEmpty() && experts.isEmpty() && !shared) {
      violations.add("nothing-tuned", FILE, "it lists no expert");
    }
    return new ExpertConfig(experts, shared, others);
  }

  private static void readLayer(
      JsonFields layers,
      String layer,
      JsonNode ids,
      NavigableMap<Integer, List<Integer>> experts,
      Violations violations) {
    String path = layers.path(layer);
    if (!LAYER.matcher(layer).matches()) {
      violations.add(
          "bad-layer", path, "expected a layer's index in decimal, without sign or leading zeros");
      return;
    }
    if (!ids.isArray()) {
      violations.add("wrong-type", path, "expected a list of expert ids, found " + ids);
      return;
    }
    TreeSet<Integer> unique = new TreeSet<>();
    for (int id : layers.integers(layer, 0, MAX_EXPERT)) {
      if (!unique.add(id)) {
        violations.add("duplicate-expert", path, "expert " + id + " is listed twice");
      }
    }
    if (!unique.isEmpty()) {
      experts.put(Integer.parseInt(layer), List.copyOf(new ArrayList<>(unique)));
    }
  }

  /** Routed experts listed, over all layers. */
  public int count() {
    return experts.values().stream().mapToInt(List::size).sum();
  }
}
