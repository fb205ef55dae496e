package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.MoeLayers;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.format.model.ModelShape.Scoring;
import java.util.Set;

/** Reads {@code qwen3_moe}. */
class Qwen3Reader extends GroupedReader {
  Qwen3Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {
    refuseWindow();
  }

  @Override
  Attention attention(int hidden, int heads) {
    boolean bias = config.bool("attention_bias", false);
    return grouped(hidden, heads, 1, QueryKeyNorm.HEAD, bias, bias);
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
    int routed = routed("num_experts", layers, null);
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
