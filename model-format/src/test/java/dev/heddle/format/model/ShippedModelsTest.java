package dev.heddle.format.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The models that the repository ships open, and say what their configuration says. */
class ShippedModelsTest {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));

  static List<Path> models() throws IOException {
    try (Stream<Path> cases = Files.list(REPO.resolve("testdata/oracle"))) {
      Stream<Path> oracles = cases.map(dir -> dir.resolve("model")).filter(Files::isDirectory);
      return Stream.concat(oracles, Stream.of(REPO.resolve("demo/base"))).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void a_shipped_model_opens_with_every_expert_in_place(Path path) {
    try (ModelFolder model = ModelFolder.open(path)) {
      ModelShape shape = model.shape();
      for (int layer = 0; layer < shape.layers(); layer++) {
        for (int column = 0; shape.isMoe(layer) && column < shape.experts().columns(); column++) {
          ExpertWeights expert = model.expert(layer, column);
          assertThat(expert.gate().rows()).isEqualTo(shape.experts().intermediate());
          assertThat(expert.down().cols()).isEqualTo(shape.experts().intermediate());
          assertThat(model.expertDigest(layer, column)).isEqualTo(Digests.expert(expert));
        }
      }
      try (ModelFolder again = ModelFolder.open(path)) {
        assertThat(again.digest()).isEqualTo(model.digest());
      }
    }
  }

  @Test
  void the_shape_is_the_one_of_the_configuration() {
    ModelShape shape = ModelConfigReader.read(oracle("full-qlora-groups"));
    assertThat(shape)
        .isEqualTo(
            new ModelShape(
                "deepseek_v2",
                DType.BF16,
                320,
                64,
                4,
                4,
                new ModelShape.Latent(48, 32, 16, 8, 16, false),
                160,
                new ModelShape.Experts(16, 2, 32, 4, 4, 2, false, 4, 1, 1),
                new ModelShape.Rope(10000, new ModelShape.Yarn(8, 32, 32, 1, 1, 0.8)),
                1e-6f,
                1e-6f,
                false,
                256,
                0,
                List.of(1)));
    assertThat(ModelConfigReader.read(oracle("normed-freq2-f16")).dtype()).isEqualTo(DType.F16);
  }

  private static Path oracle(String name) {
    return REPO.resolve("testdata/oracle").resolve(name).resolve("model");
  }
}
