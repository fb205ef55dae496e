package dev.heddle.format.model;

import dev.heddle.format.model.ModelShape.Yarn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    config.putArray("architectures").add("DeepseekV2ForCausalLM");
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
    experts(config, shape.experts());
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
    var latent = (ModelShape.Latent) shape.attention();
    config.put("num_attention_heads", shape.heads());
    config.put("num_key_value_heads", shape.heads());
    config.put("q_lora_rank", latent.queryRank() == 0 ? null : (Integer) latent.queryRank());
    config.put("kv_lora_rank", latent.latentRank());
    config.put("qk_nope_head_dim", latent.nopeDim());
    config.put("qk_rope_head_dim", latent.ropeDim());
    config.put("v_head_dim", latent.valueDim());
    config.put("attention_bias", latent.bias());
  }

  private static void experts(ObjectNode config, ModelShape.Experts experts) {
    config.put("n_routed_experts", experts.routed());
    config.put("n_shared_experts", experts.shared() == 0 ? null : (Integer) experts.shared());
    config.put("moe_intermediate_size", experts.intermediate());
    config.put("num_experts_per_tok", experts.topK());
    config.put("topk_method", experts.groups() > 1 ? "group_limited_greedy" : "greedy");
    config.put("n_group", experts.groups());
    config.put("topk_group", experts.topGroups());
    config.put("norm_topk_prob", experts.normalizeTopK());
    config.put("scoring_func", "softmax");
    config.put("routed_scaling_factor", experts.scale());
    config.put("first_k_dense_replace", experts.layers().first());
    config.put("moe_layer_freq", experts.layers().frequency());
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
    Yarn yarn = rope.yarn();
    if (names == Names.NEWER) {
      ObjectNode parameters = config.putObject("rope_parameters");
      parameters.put("rope_theta", rope.theta());
      parameters.put("rope_type", yarn == null ? "default" : "yarn");
      yarn(parameters, yarn);
    } else {
      config.put("rope_theta", rope.theta());
      if (yarn == null) {
        config.putNull("rope_scaling");
      } else {
        yarn(config.putObject("rope_scaling").put("type", "yarn"), yarn);
      }
    }
  }

  private static void yarn(ObjectNode fields, @Nullable Yarn yarn) {
    if (yarn != null) {
      fields.put("factor", yarn.factor());
      fields.put("original_max_position_embeddings", yarn.originalContext());
      fields.put("beta_fast", yarn.betaFast());
      fields.put("beta_slow", yarn.betaSlow());
      fields.put("mscale", yarn.mscale());
      fields.put("mscale_all_dim", yarn.mscaleAllDim());
    }
  }
}
