package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Window;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Reads {@code qwen2_moe}, which has a gated shared MLP of a width of its own. */
final class Qwen2Reader extends Qwen3Reader {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  Qwen2Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  Attention attention(int hidden, int heads, int layers) {
    boolean bias = config.bool("qkv_bias", true);
    Window window = qwenWindow(windowed(layers));
    return grouped(hidden, heads, QueryKeyNorm.NONE, bias, false, window);
  }

  /**
   * Layers with a window: those that {@code layer_types} says, else every second one below {@code
   * max_window_layers}, as transformers has it.
   */
  private IntStream windowed(int layers) {
    JsonNode types = config.find("layer_types");
    if (types == null) {
      int end = Math.min(layers, config.integer("max_window_layers", 0, 1024, 28));
      return IntStream.range(0, end).filter(layer -> layer % 2 == 0);
    }
    List<String> names =
        types.values().stream().map(type -> type.isString() ? type.stringValue() : "").toList();
    if (names.size() != layers || !Set.of(FULL, SLIDING).containsAll(names)) {
      unsupported("layer_types", "expected " + FULL + " or " + SLIDING + " for each layer");
      return IntStream.empty();
    }
    return IntStream.range(0, layers).filter(layer -> names.get(layer).equals(SLIDING));
  }

  @Override
  Experts experts(int layers) {
    return experts(layers, config.integer("shared_expert_intermediate_size", 1, MAX_WIDTH, null));
  }
}
