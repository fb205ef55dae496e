package dev.heddle.format.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.safetensors.ElementType;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Refusals;
import dev.heddle.format.testing.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  private static final ModelShape SHAPE = Shapes.tiny();
  private static final String EXPERT = "model.layers.1.mlp.experts.3.up_proj.weight";

  @TempDir Path dir;
  private final List<Tensor> tensors = new ArrayList<>();

  @BeforeEach
  void soundModel() throws IOException {
    ModelConfigWriter.write(dir, SHAPE, ModelConfigWriter.Names.NEWER);
    ModelTensors.required(SHAPE).forEach((name, shape) -> put(name, shape, DType.BF16));
  }

  private void put(String name, List<Integer> shape, DType dtype) {
    tensors.removeIf(tensor -> tensor.name().equals(name));
    tensors.add(RandomWeights.tensor(name, shape, dtype, 1));
  }

  private void write() throws IOException {
    SafetensorsWriter.write(dir.resolve("model.safetensors"), tensors);
  }

  private List<String> refusal() throws IOException {
    write();
    return Refusals.of(() -> ModelFolder.open(dir).close());
  }

  private Digest digest() throws IOException {
    write();
    try (ModelFolder model = ModelFolder.open(dir)) {
      return model.digest();
    }
  }

  @Test
  void missing_surplus_and_misshapen_tensors_are_all_named() throws IOException {
    tensors.removeIf(tensor -> tensor.name().equals("model.norm.weight"));
    put(EXPERT, List.of(32, 16), DType.BF16);
    put("model.layers.1.mlp.gate.e_score_correction_bias", List.of(8), DType.F32);
    assertThat(refusal())
        .containsExactlyInAnyOrder(
            "missing-tensor at model.norm.weight: expected a tensor of shape [32]",
            "wrong-shape at " + EXPERT + ": expected shape [16, 32], found [32, 16]",
            "unknown-tensor at model.layers.1.mlp.gate.e_score_correction_bias: a model of this"
                + " configuration has no such tensor");
  }

  @Test
  void configuration_and_weights_are_judged_together() throws IOException {
    Files.writeString(dir.resolve("config.json"), "{\"model_type\": \"llama\"}");
    Files.writeString(dir.resolve("more.safetensors"), "");
    write();
    assertThat(Refusals.codes(() -> ModelFolder.open(dir).close()))
        .containsExactlyInAnyOrder("unsupported-value", "empty-file");
  }

  @Test
  void experts_must_be_of_one_type() throws IOException {
    put(EXPERT, List.of(16, 32), DType.F16);
    assertThat(refusal()).singleElement().asString().startsWith("mixed-dtype at " + EXPERT);
  }

  @Test
  void a_type_that_weights_cannot_have_is_refused() throws IOException {
    put("model.norm.weight", List.of(32), DType.BF16);
    Tensor norm = tensors.removeLast();
    tensors.add(new Tensor(norm.name(), ElementType.I16, norm.shape(), norm.content()));
    assertThat(refusal()).singleElement().asString().startsWith("wrong-dtype at model.norm.weight");
  }

  @Test
  void the_type_of_the_tensors_decides_and_norms_may_differ() throws IOException {
    tensors.clear();
    ModelTensors.required(SHAPE).forEach((name, shape) -> put(name, shape, DType.F16));
    put("model.norm.weight", List.of(32), DType.F32);
    write();
    try (ModelFolder model = ModelFolder.open(dir)) {
      assertThat(model.shape().dtype()).isEqualTo(DType.F16);
    }
  }

  @Test
  void harmless_leftovers_are_not_part_of_the_model() throws IOException {
    Digest without = digest();
    put("model.layers.0.self_attn.rotary_emb.inv_freq", List.of(2), DType.F32);
    assertThat(digest()).isEqualTo(without);
  }

  @Test
  void the_digest_depends_on_every_tensor_and_on_the_shape_but_not_on_sharding()
      throws IOException {
    Digest digest = digest();
    Path sharded =
        CheckpointWriter.model(dir.resolve("sharded"), SHAPE, 1, 3, ModelConfigWriter.Names.OLDER);
    try (ModelFolder model = ModelFolder.open(sharded)) {
      assertThat(model.digest()).isEqualTo(digest);
    }
    for (Map.Entry<String, List<Integer>> tensor : ModelTensors.required(SHAPE).entrySet()) {
      if (tensor.getKey().contains("layers.1.") && !tensor.getKey().contains("experts.")) {
        Tensor changed = RandomWeights.tensor(tensor.getKey(), tensor.getValue(), DType.BF16, 2);
        tensors.replaceAll(t -> t.name().equals(changed.name()) ? changed : t);
        Digest next = digest();
        assertThat(next).as(changed.name()).isNotEqualTo(digest);
        digest = next;
      }
    }
    String config = Files.readString(dir.resolve("config.json"));
    Files.writeString(
        dir.resolve("config.json"),
        config.replace("\"num_experts_per_tok\" : 3", "\"num_experts_per_tok\" : 2"));
    assertThat(digest()).isNotEqualTo(digest);
  }

  @Test
  void tied_embeddings_need_no_head() throws IOException {
    String config = Files.readString(dir.resolve("config.json"));
    Files.writeString(
        dir.resolve("config.json"),
        config.replace("\"tie_word_embeddings\" : false", "\"tie_word_embeddings\" : true"));
    digest();
    tensors.removeIf(tensor -> tensor.name().equals("lm_head.weight"));
    digest();
  }

  @Test
  void an_inspection_says_what_a_folder_is_and_what_is_wrong_with_it() throws IOException {
    write();
    ModelInspection sound = ModelInspection.of(dir);
    assertThat(sound.violations()).isEmpty();
    assertThat(sound.digest()).isEqualTo(digest());
    assertThat(sound.slots()).isEqualTo(2 * 10);
    assertThat(sound.expertBytes()).isEqualTo(3 * 32 * 16 * 2);
    assertThat(sound.tensors()).isEqualTo(tensors.size());
    tensors.removeLast();
    write();
    ModelInspection broken = ModelInspection.of(dir);
    assertThat(broken.shape()).isNotNull();
    assertThat(broken.digest()).isNull();
    assertThat(broken.violations()).hasSize(1);
  }
}
