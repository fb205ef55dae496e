package dev.heddle.format.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.safetensors.SafetensorsFile;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import dev.heddle.format.testing.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose linear layers are 8-bit floats with scales by blocks. */
class QuantizedFolderTest {
  private static final Path QUANTIZED =
      Path.of(System.getProperty("heddle.repo"), "testdata/oracle-families/deepseek-v3-fp8/model");
  private static final String UP = "model.layers.1.mlp.experts.2.up_proj.weight";

  @TempDir Path dir;

  /** Copies the model without some of its tensors. */
  private Path without(Predicate<String> left) throws IOException {
    Files.copy(QUANTIZED.resolve("config.json"), dir.resolve("config.json"));
    try (SafetensorsFile file = SafetensorsFile.open(QUANTIZED.resolve("model.safetensors"))) {
      List<Tensor> tensors = new ArrayList<>();
      file.tensors().values().stream()
          .filter(tensor -> !left.test(tensor.name()))
          .forEach(tensor -> {
            List<Integer> shape = tensor.shape().stream().map(Math::toIntExact).toList();
            Content content = Content.of(file.data(tensor.name()));
            tensors.add(new Tensor(tensor.name(), tensor.type(), shape, content));
          });
      SafetensorsWriter.write(dir.resolve("model.safetensors"), tensors);
    }
    return dir;
  }

  @Test
  void experts_are_widened_to_the_type_that_the_configuration_states() {
    try (ModelFolder model = ModelFolder.open(QUANTIZED)) {
      assertThat(model.shape().dtype()).isEqualTo(DType.BF16);
      assertThat(model.expert(1, 2).up().dtype()).isEqualTo(DType.BF16);
      assertThat(model.expertDigest(1, 2)).isEqualTo(Digests.expert(model.expert(1, 2)));
    }
  }

  @Test
  void the_digest_names_the_numbers_and_their_scales() throws IOException {
    Digest digest;
    try (ModelFolder model = ModelFolder.open(QUANTIZED)) {
      assertThat(model.tensorDigests(Map.of())).containsKeys(UP, UP + "_scale_inv");
      assertThat(model.tensorDigests(Map.of())).doesNotContainKey("lm_head.weight_scale_inv");
      digest = model.digest();
    }
    without(name -> false);
    Path config = dir.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"bfloat16\"", "\"float32\""));
    try (ModelFolder model = ModelFolder.open(dir)) {
      assertThat(model.shape().dtype()).isEqualTo(DType.F32);
      assertThat(model.digest()).isNotEqualTo(digest);
    }
  }

  @Test
  void numbers_without_scales_are_refused_by_name() throws IOException {
    Path folder = without(name -> name.equals(UP + "_scale_inv"));
    assertThat(Refusals.of(() -> ModelFolder.open(folder).close()))
        .containsExactly(
            "missing-tensor at " + UP + "_scale_inv: expected a tensor of shape [2, 2]");
  }

  @Test
  void numbers_that_the_configuration_does_not_tell_of_are_refused() throws IOException {
    Path folder = without(name -> false);
    Path config = folder.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("quantization_config", "other"));
    assertThat(Refusals.of(() -> ModelFolder.open(folder).close()))
        .contains("wrong-dtype at " + UP + ": expected BF16, F16 or F32, found F8_E4M3");
    assertThat(Refusals.codes(() -> ModelFolder.open(folder).close()))
        .contains("wrong-dtype", "unknown-tensor");
  }
}
