package dev.heddle.format.model;

import dev.heddle.format.DType;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape.Experts;
import dev.heddle.format.model.ModelShape.Latent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code config.json}, and from {@code generation_config.json} the end tokens, into a {@link
 * ModelShape}. Both generations of field names are read. Fields that are absent take the defaults
 * of transformers' DeepseekV2Config; what Heddle does not compute is refused by field and value.
 */
public final class ModelConfigReader {
  static final String CONFIG = "config.json";
  static final String GENERATION = "generation_config.json";

  private static final String FAMILY = "deepseek_v2";
  private static final String ARCHITECTURE = "DeepseekV2ForCausalLM";
  private static final float LATENT_NORM_EPS = 1e-6f;
  private static final int MAX_WIDTH = 1 << 18;
  private static final int MAX_HEAD_WIDTH = 1 << 12;
  private static final int MAX_VOCABULARY = 1 << 22;
  private static final int MAX_CONTEXT = 1 << 24;
  private static final int MAX_EXPERTS = 1 << 17;

  private final JsonFields config;
  private final Violations violations;

  private ModelConfigReader(JsonFields config, Violations violations) {
    this.config = config;
    this.violations = violations;
  }

  /**
   * Reads a folder's configuration; the dtype is the one it states, float32 where it states none.
   *
   * @throws FormatException with everything wrong
   */
  public static ModelShape read(Path folder) {
    JsonNode config = Json.read(folder.resolve(CONFIG), Json.CONFIG_BYTES);
    Path generation = folder.resolve(GENERATION);
    return parse(
        config, Files.exists(generation) ? Json.read(generation, Json.CONFIG_BYTES) : null);
  }

  /**
   * Reads the same from JSON values.
   *
   * @throws FormatException with everything wrong
   */
  public static ModelShape parse(JsonNode config, @Nullable JsonNode generation) {
    Violations violations = new Violations();
    JsonFields generationFields =
        generation == null ? null : new JsonFields(generation, GENERATION, violations);
    ModelShape shape =
        new ModelConfigReader(new JsonFields(config, CONFIG, violations), violations)
            .shape(generationFields);
    violations.throwIfAny();
    return shape;
  }

  private ModelShape shape(@Nullable JsonFields generation) {
    refuseUnsupported();
    int vocabulary = config.integer("vocab_size", 1, MAX_VOCABULARY, 32000);
    int layers = config.integer("num_hidden_layers", 1, 1024, 32);
    int heads = config.integer("num_attention_heads", 1, 1024, 32);
    if (config.integer("num_key_value_heads", 1, 1024, heads) != heads) {
      unsupported("num_key_value_heads", "latent attention has as many as num_attention_heads");
    }
    List<Integer> bos = config.integers("bos_token_id", 0, vocabulary - 1);
    List<Integer> eos = config.integers("eos_token_id", 0, vocabulary - 1);
    if (generation != null && generation.has("eos_token_id")) {
      eos = generation.integers("eos_token_id", 0, vocabulary - 1);
    }
    Latent attention = attention();
    Experts experts = experts(layers);
    return new ModelShape(
        FAMILY,
        dtype(),
        vocabulary,
        config.integer("hidden_size", 1, MAX_WIDTH, 4096),
        layers,
        heads,
        attention,
        config.integer("intermediate_size", 1, MAX_WIDTH, 11008),
        experts,
        RopeReader.read(config, violations),
        (float) config.number("rms_norm_eps", Float.MIN_NORMAL, 1, 1e-6),
        LATENT_NORM_EPS,
        config.bool("tie_word_embeddings", false),
        config.integer("max_position_embeddings", 1, MAX_CONTEXT, 2048),
        bos.isEmpty() ? null : bos.getFirst(),
        eos);
  }

  private void refuseUnsupported() {
    if (!config.has("model_type")) {
      violations.add("missing-field", config.path("model_type"), "expected \"" + FAMILY + "\"");
    }
    config.oneOf("model_type", FAMILY);
    JsonNode architectures = config.find("architectures");
    if (architectures != null
        && (!architectures.isArray()
            || architectures.values().stream()
                .noneMatch(a -> a.isString() && a.stringValue().equals(ARCHITECTURE)))) {
      unsupported("architectures", "only " + ARCHITECTURE + " is supported");
    }
    if (config.has("quantization_config")) {
      unsupported("quantization_config", "quantized weights are not supported");
    }
    if (config.bool("mlp_bias", false)) {
      unsupported("mlp_bias", "experts with a bias are not supported");
    }
    config.oneOf("hidden_act", "silu");
    config.oneOf("scoring_func", "softmax");
    config.oneOf("topk_method", "greedy", "group_limited_greedy");
  }

  private Latent attention() {
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

  private Experts experts(int layers) {
    int routed = config.integer("n_routed_experts", 1, 4096, 64);
    if (layers * routed > MAX_EXPERTS) {
      violations.add(
          "out-of-range",
          config.path("n_routed_experts"),
          layers + " layers of " + routed + " are more than " + MAX_EXPERTS + " experts");
    }
    int topK = config.integer("num_experts_per_tok", 1, 4096, null);
    if (topK > routed) {
      violations.add(
          "out-of-range",
          config.path("num_experts_per_tok"),
          "expected at most the " + routed + " routed experts, found " + topK);
    }
    boolean grouped = "group_limited_greedy".equals(config.find("topk_method", ""));
    int groups = grouped ? config.integer("n_group", 1, 4096, null) : 1;
    int topGroups = grouped ? config.integer("topk_group", 1, 4096, null) : 1;
    checkGroups(routed, topK, groups, topGroups);
    Experts experts =
        new Experts(
            routed,
            config.isNull("n_shared_experts") ? 0 : config.integer("n_shared_experts", 0, 64, 2),
            config.integer("moe_intermediate_size", 1, MAX_WIDTH, 1407),
            topK,
            groups,
            topGroups,
            config.bool("norm_topk_prob", false),
            (float) config.number("routed_scaling_factor", Float.MIN_NORMAL, 1e6, 1.0),
            config.integer("first_k_dense_replace", 0, 1024, 0),
            config.integer("moe_layer_freq", 1, 1024, 1));
    int first =
        Math.ceilDiv(experts.firstMoeLayer(), experts.layerFrequency()) * experts.layerFrequency();
    if (first >= layers) {
      violations.add(
          "out-of-range",
          config.path("first_k_dense_replace"),
          "none of the " + layers + " layers is a Mixture-of-Experts layer");
    }
    return experts;
  }

  private void checkGroups(int routed, int topK, int groups, int topGroups) {
    if (routed % groups != 0) {
      violations.add(
          "out-of-range",
          config.path("n_group"),
          groups + " groups do not divide " + routed + " routed experts");
    } else if (topGroups > groups) {
      violations.add(
          "out-of-range",
          config.path("topk_group"),
          "expected at most the " + groups + " groups, found " + topGroups);
    } else if (groups > 1 && topK > topGroups * (routed / groups)) {
      violations.add(
          "out-of-range",
          config.path("topk_group"),
          topGroups + " groups have fewer than the " + topK + " experts a token picks");
    }
  }

  private DType dtype() {
    String field = config.has("dtype") ? "dtype" : "torch_dtype";
    config.oneOf(field, "bfloat16", "float16", "float32");
    return switch (config.find(field, "")) {
      case "bfloat16" -> DType.BF16;
      case "float16" -> DType.F16;
      default -> DType.F32;
    };
  }

  private void unsupported(String field, String message) {
    violations.add(
        "unsupported-value", config.path(field), message + "; found " + config.find(field));
  }
}
