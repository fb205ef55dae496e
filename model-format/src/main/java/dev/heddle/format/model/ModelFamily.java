package dev.heddle.format.model;

import dev.heddle.format.JsonFields;
import dev.heddle.format.Violations;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * An architecture that is served: how its {@code config.json} is read, and what its checkpoints
 * call things. All else follows from the {@link ModelShape}.
 */
public final class ModelFamily {
  private static final List<ModelFamily> ALL =
      List.of(
          // DeepSeek-V2, V2-Lite.
          new ModelFamily(
              "DeepseekV2ForCausalLM",
              WeightNames.SHARED_EXPERTS,
              false,
              DeepseekV2Reader::new,
              "deepseek_v2"),
          // DeepSeek-V3, Moonlight, Kimi-K2.
          new ModelFamily(
              "DeepseekV3ForCausalLM",
              WeightNames.SHARED_EXPERTS,
              true,
              DeepseekV3Reader::new,
              "deepseek_v3",
              "kimi_k2"),
          // GLM-4.5, GLM-4.5-Air.
          new ModelFamily(
              "Glm4MoeForCausalLM", WeightNames.SHARED_EXPERTS, true, Glm4Reader::new, "glm4_moe"),
          // Mixtral 8x7B, 8x22B.
          new ModelFamily(
              "MixtralForCausalLM", WeightNames.BLOCK_SPARSE, false, MixtralReader::new, "mixtral"),
          // OLMoE.
          new ModelFamily(
              "OlmoeForCausalLM", WeightNames.SHARED_EXPERT, false, OlmoeReader::new, "olmoe"),
          // Qwen1.5-MoE, Qwen2-57B-A14B.
          new ModelFamily(
              "Qwen2MoeForCausalLM",
              WeightNames.SHARED_EXPERT,
              false,
              Qwen2Reader::new,
              "qwen2_moe"),
          // Qwen3-30B-A3B, Qwen3-235B-A22B.
          new ModelFamily(
              "Qwen3MoeForCausalLM",
              WeightNames.SHARED_EXPERT,
              false,
              Qwen3Reader::new,
              "qwen3_moe"));

  private final String architecture;
  private final WeightNames names;
  private final boolean predictsTokens;
  private final BiFunction<JsonFields, Violations, FamilyReader> reader;
  private final List<String> types;

  /**
   * @param architecture the class in transformers
   * @param predictsTokens checkpoints may have layers after the last that predict further tokens
   * @param types values of {@code model_type}; the first is the family's name
   */
  private ModelFamily(
      String architecture,
      WeightNames names,
      boolean predictsTokens,
      BiFunction<JsonFields, Violations, FamilyReader> reader,
      String... types) {
    this.architecture = architecture;
    this.names = names;
    this.predictsTokens = predictsTokens;
    this.reader = reader;
    this.types = List.of(types);
  }

  /** The name that a shape of this family bears. */
  public String type() {
    return types.getFirst();
  }

  String architecture() {
    return architecture;
  }

  /** What its checkpoints call the tensors of a MoE layer. */
  public WeightNames names() {
    return names;
  }

  /** Whether checkpoints may have layers after the last, which are skipped. */
  boolean predictsTokens() {
    return predictsTokens;
  }

  FamilyReader reader(JsonFields config, Violations violations) {
    return reader.apply(config, violations);
  }

  /** The family that a {@code model_type} names. */
  public static Optional<ModelFamily> find(String type) {
    return ALL.stream().filter(family -> family.types.contains(type)).findFirst();
  }

  /**
   * The family of a shape.
   *
   * @throws IllegalArgumentException if there is no such family
   */
  public static ModelFamily of(ModelShape shape) {
    return named(shape.family());
  }

  /**
   * The family of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ModelFamily named(String family) {
    return find(family)
        .orElseThrow(() -> new IllegalArgumentException("there is no family " + family));
  }

  /** Every {@code model_type} that is understood. */
  static String[] types() {
    return ALL.stream().flatMap(family -> family.types.stream()).toArray(String[]::new);
  }
}
