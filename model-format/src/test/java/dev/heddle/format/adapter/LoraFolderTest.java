package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.LoraWriter;
import dev.heddle.format.testing.Shapes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A LoRA of experts becomes the adapter that PEFT's merge would make. */
class LoraFolderTest {
  private static final String PREFIX = "base_model.model.model.";

  @TempDir private Path folder;
  private final Map<String, float[][]> tensors = new LinkedHashMap<>();

  @ParameterizedTest
  @ValueSource(strings = {"deepseek_v2", "qwen2_moe", "qwen3_moe", "mixtral"})
  void each_weight_is_the_base_s_with_the_scaled_product_added(String family) throws IOException {
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      Path model = folder.resolve("model" + seed);
      CheckpointWriter.model(model, Shapes.random(family, random), seed);
      try (ModelFolder base = ModelFolder.open(model)) {
        tensors.clear();
        Map<ExpertPart, float[][][]> pairs = randomPairs(base.shape(), random);
        Path lora = write("lora" + seed, "\"lora_alpha\": 8");
        Path folded = folder.resolve("folded" + seed);
        try (LoraFolder opened = LoraFolder.open(lora, base)) {
          opened.fold(folded);
        }
        try (AdapterFolder adapter = AdapterFolder.open(folded, base)) {
          int changed = 0;
          for (TunedExpert tuned : adapter.manifest().experts()) {
            changed += compare(base, adapter, tuned, pairs);
          }
          assertThat(changed).as("%s seed %d", family, seed).isPositive();
        }
      }
    }
  }

  /** Checks the three matrices of an expert; returns how many have a product. */
  private static int compare(
      ModelFolder base,
      AdapterFolder adapter,
      TunedExpert tuned,
      Map<ExpertPart, float[][][]> pairs) {
    ModelShape.Experts experts = base.shape().experts();
    int column = tuned.column();
    boolean shared = column >= experts.routed();
    int expert = shared ? ExpertPart.SHARED : column;
    int offset = shared ? (column - experts.routed()) * experts.intermediate() : 0;
    var before = base.expert(tuned.layer(), column);
    var after = adapter.weights(tuned);
    int changed = 0;
    for (String name : List.of("gate", "up", "down")) {
      float[][][] pair = pairs.get(new ExpertPart(tuned.layer(), expert, name));
      MatrixData w = matrix(before, name);
      MatrixData v = matrix(after, name);
      boolean down = name.equals("down");
      compare(w, v, pair, down ? 0 : offset, down ? offset : 0);
      changed += pair == null ? 0 : 1;
    }
    return changed;
  }

  private static void compare(MatrixData w, MatrixData v, float[][][] pair, int row, int column) {
    float[] from = Widening.toFloats(w);
    float[] to = Widening.toFloats(v);
    for (int i = 0; i < from.length; i++) {
      int o = row + i / w.cols();
      int c = column + i % w.cols();
      double expected = from[i];
      double size = Math.abs(from[i]);
      if (pair != null && o < pair[1].length && c < pair[0][0].length) {
        for (int r = 0; r < pair[0].length; r++) {
          double product = 8.0 / pair[0].length * pair[1][o][r] * pair[0][r][c];
          expected += product;
          size += Math.abs(product);
        }
      }
      double rounding = Math.abs(expected) * halfUlp(w.dtype()) + size * 1e-6 + 1e-7;
      assertThat(Math.abs(to[i] - expected)).isLessThanOrEqualTo(rounding);
    }
  }

  private static double halfUlp(DType dtype) {
    return switch (dtype) {
      case BF16 -> 0x1p-8;
      case F16 -> 0x1p-11;
      case F32 -> 0x1p-24;
    };
  }

  private static MatrixData matrix(ExpertWeights weights, String name) {
    return switch (name) {
      case "gate" -> weights.gate();
      case "up" -> weights.up();
      default -> weights.down();
    };
  }

  /** Pairs of some matrices of some experts, shared ones too, written as PEFT names them. */
  private Map<ExpertPart, float[][][]> randomPairs(ModelShape shape, Random random) {
    ExpertTensors.ExpertSize size = ExpertTensors.ExpertSize.of(BaseExperts.of(shape));
    Map<ExpertPart, float[][][]> pairs = new LinkedHashMap<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      if (!shape.isMoe(layer)) {
        continue;
      }
      List<Integer> experts = new ArrayList<>(List.of(random.nextInt(shape.experts().routed())));
      if (shape.experts().shared() > 0 && random.nextBoolean()) {
        experts.add(ExpertPart.SHARED);
      }
      for (int expert : experts) {
        for (String name : List.of("gate", "down")) {
          ExpertPart part = new ExpertPart(layer, expert, name);
          int rank = 1 + random.nextInt(5);
          float[][] a = random(rank, size.shape(part).getLast(), random);
          float[][] b = random(size.shape(part).getFirst(), rank, random);
          pairs.put(part, new float[][][] {a, b});
          String module = part.tensor(size.names()).replace(".weight", "");
          tensors.put("base_model.model." + module + ".lora_A.weight", a);
          tensors.put("base_model.model." + module + ".lora_B.weight", b);
        }
      }
    }
    return pairs;
  }

  @Test
  void the_fused_form_is_the_same_adapter_as_pairs_of_each_expert() throws IOException {
    ModelShape shape = Shapes.random("qwen3_moe", new Random(3));
    CheckpointWriter.model(folder.resolve("model"), shape, 3);
    int experts = shape.experts().routed();
    int width = shape.experts().intermediate();
    int hidden = shape.hidden();
    int rank = 2;
    int layer = shape.isMoe(0) ? 0 : shape.isMoe(1) ? 1 : 2;
    Random random = new Random(4);
    float[][] upA = random(rank * experts, hidden, random);
    float[][] upB = random(2 * width, rank * experts, random);
    float[][] downA = random(rank * experts, width, random);
    float[][] downB = random(hidden, rank * experts, random);
    String at = PREFIX + "layers." + layer + ".mlp.experts.";

    tensors.put(at + "base_layer.lora_A.weight", upA);
    tensors.put(at + "base_layer.lora_B.weight", upB);
    tensors.put(at + "lora_A.weight", downA);
    tensors.put(at + "lora_B.weight", downB);
    Path fused = write("fused", "\"lora_alpha\": 4, \"use_rslora\": true");
    tensors.clear();
    for (int e = 0; e < experts; e++) {
      String module = at + e + ".";
      single(module + "gate_proj", rows(upA, e * rank, rank), piece(upB, 0, width, e, rank));
      single(module + "up_proj", rows(upA, e * rank, rank), piece(upB, width, width, e, rank));
      single(module + "down_proj", rows(downA, e * rank, rank), piece(downB, 0, hidden, e, rank));
    }
    Path single = write("single", "\"lora_alpha\": 4, \"use_rslora\": true");

    try (ModelFolder base = ModelFolder.open(folder.resolve("model"))) {
      AdapterManifest one = folded(fused, base);
      assertThat(one.experts()).hasSize(experts);
      assertThat(one).isEqualTo(folded(single, base));
    }
  }

  private void single(String module, float[][] a, float[][] b) {
    tensors.put(module + ".lora_A.weight", a);
    tensors.put(module + ".lora_B.weight", b);
  }

  private static float[][] rows(float[][] matrix, int from, int count) {
    float[][] rows = new float[count][];
    System.arraycopy(matrix, from, rows, 0, count);
    return rows;
  }

  /** Of B: so many rows, and the columns of one expert, which take turns with the others'. */
  private static float[][] piece(float[][] b, int from, int count, int expert, int rank) {
    int experts = b[0].length / rank;
    float[][] piece = new float[count][rank];
    for (int o = 0; o < count; o++) {
      for (int r = 0; r < rank; r++) {
        piece[o][r] = b[from + o][r * experts + expert];
      }
    }
    return piece;
  }

  private AdapterManifest folded(Path lora, ModelFolder base) throws IOException {
    Path target = lora.resolveSibling(lora.getFileName() + "-folded");
    try (LoraFolder opened = LoraFolder.open(lora, base)) {
      opened.fold(target);
    }
    try (AdapterFolder adapter = AdapterFolder.open(target, base)) {
      return adapter.manifest();
    }
  }

  @Test
  void a_pattern_of_alpha_is_for_the_modules_whose_name_ends_so() throws IOException {
    LoraConfig config =
        new LoraConfig(16, Map.of("5.gate_proj", 4.0, "^model.layers.1.x", 2.0), false);

    assertThat(config.scale("model.layers.0.mlp.experts.5.gate_proj", 8)).isEqualTo(0.5f);
    assertThat(config.scale("model.layers.0.mlp.experts.15.gate_proj", 8)).isEqualTo(2f);
    assertThat(config.scale("model.layers.1.x", 8)).isEqualTo(0.25f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_dora\": true                       | unsupported-value at adapter_config.json.use_dora",
        "\"bias\": \"all\"                        | unsupported-value at adapter_config.json.bias",
        "\"modules_to_save\": [\"lm_head\"]       | unsupported-value at adapter_config.json.modules_to_save",
        "\"init_lora_weights\": \"pissa_niter_4\" | unsupported-value at adapter_config.json.init_lora_weights",
        "\"alpha_pattern\": {\"(a+)+b\": 1}       | unsupported-value at adapter_config.json.alpha_pattern",
      })
  void what_cannot_be_folded_is_refused_by_field(String field, String violation)
      throws IOException {
    assertRefused("\"lora_alpha\": 8, " + field, violation);
  }

  @Test
  void a_lora_of_other_parts_is_refused_by_the_name_of_its_tensor() throws IOException {
    tensors.put(PREFIX + "layers.1.self_attn.q_proj.lora_A.weight", new float[2][32]);
    tensors.put(PREFIX + "layers.1.mlp.experts.99.gate_proj.lora_A.weight", new float[2][32]);
    tensors.put(PREFIX + "layers.1.mlp.experts.99.gate_proj.lora_B.weight", new float[16][2]);
    tensors.put(PREFIX + "layers.1.mlp.experts.1.up_proj.lora_A.weight", new float[2][31]);
    tensors.put(PREFIX + "layers.1.mlp.experts.1.up_proj.lora_B.weight", new float[16][2]);
    tensors.put(PREFIX + "layers.1.mlp.experts.2.up_proj.lora_A.weight", new float[2][32]);
    tensors.put(PREFIX + "layers.2.mlp.experts.lora_A.weight", new float[16][33]);
    tensors.put(PREFIX + "layers.2.mlp.experts.lora_B.weight", new float[32][16]);

    assertRefused(
        "\"lora_alpha\": 8",
        "lora-not-of-an-expert at " + PREFIX + "layers.1.self_attn.q_proj.lora_A.weight",
        "expert-out-of-range at layers.1.mlp.experts.99.gate_proj",
        "wrong-shape at " + PREFIX + "layers.1.mlp.experts.1.up_proj.lora_A.weight",
        "missing-tensor at layers.1.mlp.experts.2.up_proj.lora_B",
        "wrong-shape at " + PREFIX + "layers.2.mlp.experts.lora_A.weight");
  }

  private void assertRefused(String config, String... violations) throws IOException {
    CheckpointWriter.model(folder.resolve("model"), Shapes.tiny(), 1);
    if (tensors.isEmpty()) {
      tensors.put(PREFIX + "layers.1.mlp.experts.1.up_proj.lora_A.weight", new float[2][32]);
      tensors.put(PREFIX + "layers.1.mlp.experts.1.up_proj.lora_B.weight", new float[16][2]);
    }
    Path lora = write("lora", config);
    try (ModelFolder base = ModelFolder.open(folder.resolve("model"))) {
      assertThatThrownBy(() -> LoraFolder.open(lora, base)).hasMessageContainingAll(violations);
    }
  }

  private static float[][] random(int rows, int cols, Random random) {
    float[][] values = new float[rows][cols];
    for (float[] row : values) {
      for (int i = 0; i < cols; i++) {
        row[i] = random.nextFloat() - 0.5f;
      }
    }
    return values;
  }

  private Path write(String name, String config) throws IOException {
    return LoraWriter.write(folder.resolve(name), config, tensors);
  }
}
