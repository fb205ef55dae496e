package dev.heddle.format.model;

import dev.heddle.format.model.ModelShape.Linear;
import dev.heddle.format.model.ModelShape.Llama3;
import dev.heddle.format.model.ModelShape.Scaling;
import dev.heddle.format.model.ModelShape.Yarn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a shape as {@code config.json}, so that {@link ModelConfigReader} reads it back. */
public final class ModelConfigWriter {
  private ModelConfigWriter() {}

  /** The two generations of field names. */
  public enum Names {
    /** {@code rope_scaling}, {@code rope_theta}, {@code torch_dtype}. */
    OLDER,
    /** {@code rope_parameters}, {@code dtype}. */
    NEWER
  }

  /** Writes the file into a folder. */
  public static void write(Path folder, ModelShape shape, Names names) throws IOException {
    Files.writeString(
        folder.resolve(ModelConfigReader.CONFIG), json(shape, names).toPrettyString());
  }

  static ObjectNode json(ModelShape shape, Names names) {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.putArray("architectures").add(ModelFamily.of(shape).architecture());
    config.put("model_type", shape.family());
    config.put("vocab_size", shape.vocabulary());
    config.put("hidden_size", shape.hidden());
    config.put("intermediate_size", shape.denseIntermediate());
    config.put("num_hidden_layers", shape.layers());
    config.put("hidden_act", "silu");
    config.put("rms_norm_eps", shape.rmsNormEps());
    config.put("max_position_embeddings", shape.maxContext());
    config.put("tie_word_embeddings", shape.tiedEmbeddings());
    attention(config, shape);
    experts(config, shape);
    tokens(config, shape);
    rope(config, shape.rope(), names);
    String dtype =
        switch (shape.dtype()) {
          case BF16 -> "bfloat16";
          case F16 -> "float16";
          case F32 -> "float32";
        };
    config.put(names == Names.OLDER ? "torch_dtype" : "dtype", dtype);
    return config;
  }

  private static void attention(ObjectNode config, ModelShape shape) {
    config.put("num_attention_heads", shape.heads());
    switch (shape.attention()) {
      case ModelShape.Latent latent -> {
        config.put("num_key_value_heads", shape.heads());
        config.put("q_lora_rank", latent.queryRank() == 0 ? null : (Integer) latent.queryRank());
        config.put("kv_lora_rank", latent.latentRank());
        config.put("qk_nope_head_dim", latent.nopeDim());
        config.put("qk_rope_head_dim", latent.ropeDim());
        config.put("v_head_dim", latent.valueDim());
        config.put("attention_bias", latent.bias());
      }
      case ModelShape.Grouped grouped -> {
        config.put("num_key_value_heads", grouped.keyValueHeads());
        config.put("head_dim", grouped.headDim());
        config.put("attention_bias", grouped.inputBias());
        config.put("qkv_bias", grouped.inputBias()); // as Qwen2 calls it
        config.put("use_qk_norm", grouped.norm() == ModelShape.QueryKeyNorm.HEAD);
        config.put("partial_rotary_factor", (double) grouped.ropeDim() / grouped.headDim());
        ModelShape.Window window = grouped.window();
        config.put("use_sliding_window", window != null);
        config.put("sliding_window", window == null ? null : (Integer) window.tokens());
      }
    }
  }

  private static void experts(ObjectNode config, ModelShape shape) {
    ModelShape.Experts experts = shape.experts();
    ModelShape.MoeLayers layers = experts.layers();
    config.put("num_experts_per_tok", experts.topK());
    config.put("norm_topk_prob", experts.normalizeTopK());
    switch (shape.family()) {
      case "mixtral" -> config.put("num_local_experts", experts.routed());
      case "olmoe" -> config.put("num_experts", experts.routed());
      case "qwen2_moe", "qwen3_moe" -> {
        config.put("num_experts", experts.routed());
        config.put("moe_intermediate_size", experts.intermediate());
        config.put("shared_expert_intermediate_size", experts.sharedWidth());
        config.put("decoder_sparse_step", layers.frequency());
        layers.dense().forEach(config.putArray("mlp_only_layers")::add);
      }
      default -> {
        boolean sigmoid = experts.scoring() == ModelShape.Scoring.SIGMOID;
        boolean grouped = experts.groups() > 1;
        config.put("n_routed_experts", experts.routed());
        config.put("n_shared_experts", experts.shared() == 0 ? null : (Integer) experts.shared());
        config.put("moe_intermediate_size", experts.intermediate());
        config.put(
            "topk_method", sigmoid ? "noaux_tc" : grouped ? "group_limited_greedy" : "greedy");
        config.put("n_group", experts.groups());
        config.put("topk_group", experts.topGroups());
        config.put("scoring_func", sigmoid ? "sigmoid" : "softmax");
        config.put("routed_scaling_factor", experts.scale());
        config.put("first_k_dense_replace", layers.first());
        config.put("moe_layer_freq", layers.frequency());
      }
    }
  }

  private static void tokens(ObjectNode config, ModelShape shape) {
    config.put("bos_token_id", shape.bosToken());
    if (shape.eosTokens().size() == 1) {
      config.put("eos_token_id", shape.eosTokens().getFirst());
    } else {
      shape.eosTokens().forEach(config.putArray("eos_token_id")::add);
    }
  }

  private static void rope(ObjectNode config, ModelShape.Rope rope, Names names) {
    if (names == Names.NEWER) {
      ObjectNode parameters = config.putObject("rope_parameters");
      parameters.put("rope_theta", rope.theta());
      parameters.put("rope_type", type(rope.scaling()));
      scaling(parameters, rope.scaling());
    } else {
      config.put("rope_theta", rope.theta());
      if (rope.scaling() == null) {
        config.putNull("rope_scaling");
      } else {
        ObjectNode older = config.putObject("rope_scaling");
        scaling(older.put("type", type(rope.scaling())), rope.scaling());
      }
    }
  }

  private static String type(@Nullable Scaling scaling) {
    return scaling == null
        ? "default"
        : scaling.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static void scaling(ObjectNode fields, @Nullable Scaling scaling) {
    switch (scaling) {
      case null -> {}
      case Linear linear -> fields.put("factor", linear.factor());
      case Llama3 llama3 -> {
        fields.put("factor", llama3.factor());
        fields.put("low_freq_factor", llama3.lowFrequency());
        fields.put("high_freq_factor", llama3.highFrequency());
        fields.put("original_max_position_embeddings", llama3.originalContext());
      }
      case Yarn yarn -> {
        fields.put("factor", yarn.factor());
        fields.put("original_max_position_embeddings", yarn.originalContext());
        fields.put("beta_fast", yarn.betaFast());
        fields.put("beta_slow", yarn.betaSlow());
        fields.put("mscale", yarn.mscale());
        fields.put("mscale_all_dim", yarn.mscaleAllDim());
      }
    }
  }
}
