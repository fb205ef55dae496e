package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Experts;

/** Reads {@code deepseek_v2}; absent fields are the defaults of transformers' DeepseekV2Config. */
final class DeepseekV2Reader extends LatentReader {
  DeepseekV2Reader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {
    super.refuseUnsupported();
    config.oneOf("scoring_func", "softmax");
    config.oneOf("topk_method", "greedy", "group_limited_greedy");
  }

  @Override
  int vocabulary(int max) {
    return config.integer("vocab_size", 1, max, 32000);
  }

  @Override
  int layers() {
    return config.integer("num_hidden_layers", 1, 1024, 32);
  }

  @Override
  int heads() {
    return config.integer("num_attention_heads", 1, 1024, 32);
  }

  @Override
  int hidden() {
    return config.integer("hidden_size", 1, MAX_WIDTH, 4096);
  }

  @Override
  int denseIntermediate() {
    return config.integer("intermediate_size", 1, MAX_WIDTH, 11008);
  }

  @Override
  int maxContext(int max) {
    return config.integer("max_position_embeddings", 1, max, 2048);
  }

  @Override
  Experts experts(int layers) {
    int routed = routed("n_routed_experts", layers, 64);
    int topK = topK(routed);
    boolean grouped = "group_limited_greedy".equals(config.find("topk_method", ""));
    int groups = grouped ? config.integer("n_group", 1, 4096, null) : 1;
    int topGroups = grouped ? config.integer("topk_group", 1, 4096, null) : 1;
    checkGroups(routed, topK, groups, topGroups, 1);
    Experts experts =
        new Experts(
            routed,
            config.isNull("n_shared_experts") ? 0 : config.integer("n_shared_experts", 0, 64, 2),
            config.integer("moe_intermediate_size", 1, MAX_WIDTH, 1407),
            topK,
            groups,
            topGroups,
            config.bool("norm_topk_prob", false) && topK > 1, // as transformers does
            (float) config.number("routed_scaling_factor", Float.MIN_NORMAL, 1e6, 1.0),
            config.integer("first_k_dense_replace", 0, 1024, 0),
            config.integer("moe_layer_freq", 1, 1024, 1));
    requireMoeLayer("first_k_dense_replace", layers, experts.layers());
    return experts;
  }
}
