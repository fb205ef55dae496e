package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.MoeLayers;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Scoring;
import dev.heddle.format.model.ModelShape.Window;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code qwen3_moe}. A window that is used is that of every layer, whatever {@code
 * max_window_layers} says: so transformers computes it.
 */
class Qwen3Reader extends GroupedReader {
  private static final int DEFAULT_WINDOW = 4096;

  Qwen3Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {}

  @Override
  Attention attention(int hidden, int heads, int layers) {
    boolean bias = config.bool("attention_bias", false);
    Window window = qwenWindow(IntStream.range(0, layers));
    return grouped(hidden, heads, QueryKeyNorm.HEAD, bias, bias, window);
  }

  /** The window of the layers given, where {@code use_sliding_window} says that it is used. */
  final @Nullable Window qwenWindow(IntStream layers) {
    return config.bool("use_sliding_window", false) ? window(DEFAULT_WINDOW, layers) : null;
  }

  @Override
  Experts experts(int layers) {
    return experts(layers, 0);
  }

  /**
   * Experts with a softmax router.
   *
   * @param sharedWidth width of the gated shared MLP, 0 without one
   */
  final Experts experts(int layers, int sharedWidth) {
    // transformers 5 writes Qwen3's under Mixtral's name.
    boolean renamed = config.has("num_local_experts") && !config.has("num_experts");
    int routed = routed(renamed ? "num_local_experts" : "num_experts", layers, null);
    int width = config.integer("moe_intermediate_size", 1, MAX_WIDTH, null);
    int step = config.integer("decoder_sparse_step", 1, 1024, 1);
    Set<Integer> dense = Set.copyOf(config.integers("mlp_only_layers", 0, 1023));
    MoeLayers moe = new MoeLayers(0, step, step - 1, dense);
    requireMoeLayer("decoder_sparse_step", layers, moe);
    return new Experts(
        routed,
        Math.ceilDiv(sharedWidth, width),
        sharedWidth,
        sharedWidth > 0,
        width,
        topK(routed),
        1,
        1,
        Scoring.SOFTMAX,
        config.bool("norm_topk_prob", false),
        1f,
        moe);
  }
}
