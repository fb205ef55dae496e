package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.MoeLayers;
import dev.heddle.format.model.ModelShape.Scoring;
import java.util.Set;

/** Reads the experts of the families that follow DeepSeek-V3. */
final class SigmoidExperts {
  private static final int BEST_OF_GROUP = 2;

  private SigmoidExperts() {}

  static Experts read(FamilyReader reader, int layers) {
    JsonFields config = reader.config;
    config.oneOf("scoring_func", "sigmoid");
    config.oneOf("topk_method", "noaux_tc");
    int routed = reader.routed("n_routed_experts", layers, null);
    int topK = reader.topK(routed);
    int groups = config.integer("n_group", 1, 4096, 1);
    int topGroups = config.integer("topk_group", 1, 4096, 1);
    reader.checkGroups(routed, topK, groups, topGroups, BEST_OF_GROUP);
    int shared =
        config.isNull("n_shared_experts") ? 0 : config.integer("n_shared_experts", 0, 64, null);
    int width = config.integer("moe_intermediate_size", 1, FamilyReader.MAX_WIDTH, null);
    MoeLayers moe =
        new MoeLayers(
            config.integer("first_k_dense_replace", 0, 1024, null),
            config.integer("moe_layer_freq", 1, 1024, 1),
            0,
            Set.of());
    reader.requireMoeLayer("first_k_dense_replace", layers, moe);
    return new Experts(
        routed,
        shared,
        shared * width,
        false,
        width,
        topK,
        groups,
        topGroups,
        Scoring.SIGMOID,
        config.bool("norm_topk_prob", true),
        (float) config.number("routed_scaling_factor", Float.MIN_NORMAL, 1e6, 1.0),
        moe);
  }
}
