package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Attention;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.format.model.ModelShape.Pairs;
import dev.heddle.format.model.ModelShape.Rope;

/**
 * What DeepSeek's families have in common; absent sizes of attention are transformers' defaults.
 */
abstract class LatentReader extends FamilyReader {
  LatentReader(JsonFields config, Violations violations) {
    super(config, violations);
  }

  @Override
  void refuseUnsupported() {
    mustBe("mlp_bias", false, "experts with a bias are not supported");
    mustBe("rope_interleave", true, "only pairs of neighbours are rotated");
  }

  @Override
  Attention attention(int hidden, int heads, int layers) {
    if (config.integer("num_key_value_heads", 1, 1024, heads) != heads) {
      unsupported("num_key_value_heads", "latent attention has as many as num_attention_heads");
    }
    Latent latent =
        new Latent(
            queryRank(),
            config.integer("kv_lora_rank", 1, MAX_WIDTH, 512),
            config.integer("qk_nope_head_dim", 1, MAX_HEAD_WIDTH, 128),
            config.integer("qk_rope_head_dim", 2, MAX_HEAD_WIDTH, 64),
            config.integer("v_head_dim", 1, MAX_HEAD_WIDTH, 128),
            config.bool("attention_bias", false));
    if (latent.ropeDim() % 2 != 0) {
      violations.add(
          "out-of-range",
          config.path("qk_rope_head_dim"),
          "expected an even number, found " + latent.ropeDim());
    }
    int headDim = config.integer("head_dim", 1, 2 * MAX_HEAD_WIDTH, latent.ropeDim());
    if (headDim != latent.ropeDim() && headDim != latent.queryDim()) {
      unsupported("head_dim", "it is neither qk_rope_head_dim nor a query's width");
    }
    return latent;
  }

  /** Absent means transformers' default, null means that queries are not compressed. */
  private int queryRank() {
    return config.isNull("q_lora_rank") ? 0 : config.integer("q_lora_rank", 1, MAX_WIDTH, 1536);
  }

  @Override
  Rope rope() {
    return RopeReader.read(config, Pairs.NEIGHBOURS, violations);
  }
}
