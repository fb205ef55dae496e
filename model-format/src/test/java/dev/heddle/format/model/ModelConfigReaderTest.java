package dev.heddle.format.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelShape.Window;
import dev.heddle.format.model.ModelShape.Yarn;
import dev.heddle.format.testing.Refusals;
import dev.heddle.format.testing.Shapes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ModelConfigReaderTest {
  private static final String LEAST = "{\"model_type\":\"deepseek_v2\",\"num_experts_per_tok\":6}";

  private static JsonNode json(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8), "config.json");
  }

  /** The least configuration with fields put in or replaced. */
  private static ModelShape with(String fields) {
    ObjectNode config = (ObjectNode) json(LEAST);
    json("{" + fields + "}").properties().forEach(f -> config.set(f.getKey(), f.getValue()));
    return ModelConfigReader.parse(config, null);
  }

  @Test
  void absent_fields_take_the_defaults_of_transformers() {
    assertThat(ModelConfigReader.parse(json(LEAST), null))
        .isEqualTo(
            new ModelShape(
                "deepseek_v2",
                DType.F32,
                32000,
                4096,
                32,
                32,
                new ModelShape.Latent(1536, 512, 128, 64, 128, false),
                11008,
                new ModelShape.Experts(64, 2, 1407, 6, 1, 1, false, 1, 0, 1),
                new ModelShape.Rope(10000, null),
                1e-6f,
                1e-6f,
                false,
                2048,
                null,
                List.of()));
  }

  @Test
  void both_generations_of_names_say_the_same() {
    for (long seed = 0; seed < 200; seed++) {
      ModelShape shape = Shapes.random(new Random(seed));
      for (ModelConfigWriter.Names names : ModelConfigWriter.Names.values()) {
        ModelShape read = ModelConfigReader.parse(ModelConfigWriter.json(shape, names), null);
        assertThat(read).as("seed %d", seed).isEqualTo(shape);
      }
    }
  }

  @Test
  void null_means_none_where_absent_means_the_default() {
    ModelShape shape = with("\"q_lora_rank\":null,\"n_shared_experts\":null");
    assertThat(((ModelShape.Latent) shape.attention()).queryRank()).isZero();
    assertThat(shape.experts().shared()).isZero();
    assertThat(with("\"n_shared_experts\":0").experts().shared()).isZero();
  }

  @Test
  void yarn_is_read_under_every_name_it_goes_by() {
    Yarn yarn = new Yarn(40, 4096, 32, 1, 0.707, 0.5);
    String body =
        "\"factor\":40,\"original_max_position_embeddings\":4096,\"beta_fast\":32,\"beta_slow\":1,"
            + "\"mscale\":0.707,\"mscale_all_dim\":0.5}";
    for (String type : List.of("\"type\":\"yarn\"", "\"rope_type\":\"yarn\"")) {
      for (String field : List.of("rope_scaling", "rope_parameters")) {
        assertThat(with("\"" + field + "\":{" + type + "," + body).rope().yarn()).isEqualTo(yarn);
      }
    }
    String parameters = "\"rope_parameters\":{\"rope_type\":\"yarn\",\"rope_theta\":7000.5,";
    assertThat(with(parameters + body).rope().theta()).isEqualTo(7000.5);
    assertThat(with("\"rope_scaling\":{\"type\":\"default\"},\"rope_theta\":500").rope())
        .isEqualTo(new ModelShape.Rope(500, null));
  }

  @Test
  void two_generations_that_contradict_each_other_are_refused() {
    assertThat(
            Refusals.codes(() ->
                with(
                    "\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":5},"
                        + "\"rope_scaling\":{\"type\":\"default\"}")))
        .containsExactly("conflicting-fields");
    assertThat(
            Refusals.codes(
                () -> with("\"rope_scaling\":{\"type\":\"default\",\"rope_type\":\"yarn\"}")))
        .contains("conflicting-fields");
  }

  @Test
  void the_end_tokens_of_the_generation_config_win() {
    JsonNode config = json("{\"eos_token_id\":5," + LEAST.substring(1));
    assertThat(ModelConfigReader.parse(config, null).eosTokens()).containsExactly(5);
    assertThat(ModelConfigReader.parse(config, json("{\"eos_token_id\":[7,8]}")).eosTokens())
        .containsExactly(7, 8);
    assertThat(ModelConfigReader.parse(config, json("{\"top_p\":1}")).eosTokens())
        .containsExactly(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type          | \"gpt_oss\"",
        "architectures       | [\"DeepseekV3ForCausalLM\"]",
        "hidden_act          | \"gelu\"",
        "scoring_func        | \"sigmoid\"",
        "topk_method         | \"noaux_tc\"",
        "num_key_value_heads | 8",
        "mlp_bias            | true",
        "torch_dtype         | \"float8_e4m3fn\"",
        "dtype               | \"int8\"",
        "head_dim            | 100"
      })
  void an_unsupported_value_is_refused_by_field_and_value(String field, String value) {
    assertThat(Refusals.of(() -> with("\"" + field + "\":" + value)))
        .singleElement()
        .asString()
        .startsWith("unsupported-value at config.json." + field + ":")
        .contains(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quant_method      | gptq       | {\"quant_method\":\"gptq\",\"bits\":4}",
        "quant_method      | null       | {\"weight_block_size\":[128,128]}",
        "fmt               | e5m2       | {\"quant_method\":\"fp8\",\"fmt\":\"e5m2\",BLOCKS}",
        "activation_scheme | static     | {\"quant_method\":\"fp8\",\"activation_scheme\":\"static\",BLOCKS}",
        "expert_dtype      | fp4        | {\"quant_method\":\"fp8\",\"expert_dtype\":\"fp4\",BLOCKS}",
        "weight_block_size | [64,128]   | {\"quant_method\":\"fp8\",\"weight_block_size\":[64,128]}",
        "weight_block_size | null       | {\"quant_method\":\"fp8\"}"
      })
  void a_quantization_other_than_fp8_by_blocks_is_refused_by_name(
      String field, String found, String value) {
    String written = value.replace("BLOCKS", "\"weight_block_size\":[128,128]");
    assertThat(Refusals.of(() -> with("\"quantization_config\":" + written)))
        .singleElement()
        .asString()
        .startsWith("unsupported-value at config.json.quantization_config." + field + ":")
        .contains(found);
  }

  @Test
  void a_window_is_that_of_the_layers_that_transformers_gives_it() {
    String used = "\"use_sliding_window\":true,\"sliding_window\":7,\"max_window_layers\":3";
    assertThat(window("mixtral", "\"sliding_window\":9"))
        .isEqualTo(new Window(9, Set.of(0, 1, 2, 3)));
    assertThat(window("mixtral", "\"sliding_window\":null")).isNull();
    assertThat(window("mixtral", "\"rope_theta\":5")).isNull();
    assertThat(window("qwen3_moe", used)).isEqualTo(new Window(7, Set.of(0, 1, 2, 3)));
    assertThat(window("qwen3_moe", "\"use_sliding_window\":true"))
        .isEqualTo(new Window(4096, Set.of(0, 1, 2, 3)));
    assertThat(window("qwen3_moe", "\"use_sliding_window\":false,\"sliding_window\":7")).isNull();
    assertThat(window("qwen2_moe", used)).isEqualTo(new Window(7, Set.of(0, 2)));
    String types =
        "\"layer_types\":[\"full_attention\",\"sliding_attention\",\"full_attention\","
            + "\"full_attention\"]";
    assertThat(window("qwen2_moe", used + "," + types)).isEqualTo(new Window(7, Set.of(1)));
    assertThat(
            Refusals.of(
                () -> window("qwen2_moe", used + ",\"layer_types\":[\"linear_attention\"]")))
        .singleElement()
        .asString()
        .contains("config.json.layer_types", "full_attention or sliding_attention");
  }

  private static @Nullable Window window(String family, String field) {
    String config =
        """
        {"model_type":"%s","vocab_size":9,"hidden_size":8,"num_hidden_layers":4,"num_attention_heads":2,
         "intermediate_size":4,"max_position_embeddings":99,"num_experts":2,"num_local_experts":2,
         "num_experts_per_tok":1,"moe_intermediate_size":4,"shared_expert_intermediate_size":4,%s}
        """
            .formatted(family, field);
    return ((ModelShape.Grouped) ModelConfigReader.parse(json(config), null).attention()).window();
  }

  @Test
  void rope_scaling_of_llama3_and_by_one_factor_is_read_under_every_name() {
    String llama3 =
        "\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,"
            + "\"original_max_position_embeddings\":8192}";
    for (String at :
        List.of("\"rope_scaling\":{\"type\":", "\"rope_parameters\":{\"rope_type\":")) {
      assertThat(with(at + llama3).rope().scaling())
          .isEqualTo(new ModelShape.Llama3(8, 1, 4, 8192));
      assertThat(with(at + "\"linear\",\"factor\":2.5}").rope().scaling())
          .isEqualTo(new ModelShape.Linear(2.5));
    }
  }

  @Test
  void rope_of_llama3_says_what_it_needs() {
    assertThat(
            Refusals.codes(() -> with("\"rope_scaling\":{\"type\":\"llama3\",\"beta_fast\":32}")))
        .contains("missing-field", "unknown-field");
    String swapped =
        "\"rope_scaling\":{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,"
            + "\"high_freq_factor\":1,\"original_max_position_embeddings\":8192}";
    assertThat(Refusals.of(() -> with(swapped)))
        .singleElement()
        .asString()
        .contains("high_freq_factor: it is not above low_freq_factor, 4.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"rope_scaling\":{\"type\":\"dynamic\"}",
        "\"rope_parameters\":{\"rope_type\":\"dynamic\"}"
      })
  void rope_of_another_type_is_refused(String field) {
    assertThat(Refusals.of(() -> with(field)))
        .singleElement()
        .asString()
        .contains("type: \"dynamic\" is not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"vocab_size\":0                | out-of-range",
        "\"vocab_size\":-5               | out-of-range",
        "\"hidden_size\":99999999999999  | out-of-range",
        "\"hidden_size\":2.5             | wrong-type",
        "\"hidden_size\":\"64\"          | wrong-type",
        "\"num_hidden_layers\":100000    | out-of-range",
        "\"qk_rope_head_dim\":63         | out-of-range",
        "\"num_hidden_layers\":1000,\"n_routed_experts\":1000 | out-of-range",
        "\"num_experts_per_tok\":65      | out-of-range",
        "\"num_experts_per_tok\":null    | missing-field",
        "\"first_k_dense_replace\":32    | out-of-range",
        "\"rms_norm_eps\":0              | out-of-range",
        "\"rms_norm_eps\":1e999          | out-of-range",
        "\"rope_theta\":true             | wrong-type",
        "\"rope_scaling\":7              | wrong-type",
        "\"norm_topk_prob\":1            | wrong-type",
        "\"eos_token_id\":32000          | out-of-range",
        "\"eos_token_id\":[1,\"2\"]      | wrong-type",
        "\"model_type\":null             | missing-field",
        "\"rope_scaling\":{\"type\":\"yarn\",\"original_max_position_embeddings\":9}|missing-field",
        "\"rope_scaling\":{\"type\":\"default\",\"warp\":9}|unknown-field",
        "\"topk_method\":\"group_limited_greedy\",\"n_group\":7,\"topk_group\":2 | out-of-range",
        "\"topk_method\":\"group_limited_greedy\",\"n_group\":8,\"topk_group\":9 | out-of-range",
        "\"topk_method\":\"group_limited_greedy\",\"n_group\":32,\"topk_group\":2| out-of-range",
        "\"topk_method\":\"group_limited_greedy\",\"n_group\":8 | missing-field"
      })
  void nonsense_is_refused(String fields, String code) {
    assertThat(Refusals.codes(() -> with(fields))).containsExactly(code);
  }

  @Test
  void everything_wrong_is_named_at_once() {
    assertThat(
            Refusals.codes(
                () -> with("\"vocab_size\":0,\"scoring_func\":\"sigmoid\",\"rope_scaling\":[]")))
        .containsExactlyInAnyOrder("out-of-range", "unsupported-value", "wrong-type");
    assertThat(Refusals.codes(() -> ModelConfigReader.parse(json("[]"), null)))
        .contains("wrong-type", "missing-field");
  }

  @Test
  void groups_count_only_where_routing_is_limited_to_groups() {
    ModelShape greedy = with("\"topk_method\":\"greedy\",\"n_group\":7,\"topk_group\":9");
    assertThat(greedy.experts().groups()).isEqualTo(1);
    ModelShape limited =
        with("\"topk_method\":\"group_limited_greedy\",\"n_group\":8,\"topk_group\":3");
    assertThat(limited.experts().groups()).isEqualTo(8);
    assertThat(limited.experts().topGroups()).isEqualTo(3);
  }
}
