package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.Widening;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs that PEFT wrote become the experts that PEFT merges; tools/goldens/lora.py made them. */
class LoraGoldenTest {
  private static final Path TESTDATA = Path.of(System.getProperty("heddle.repo"), "testdata");

  @ParameterizedTest
  @ValueSource(strings = {"mixtral-window", "qwen2-moe-window", "qwen3-moe-window"})
  void folded_experts_are_those_that_peft_merges(String name, @TempDir Path out)
      throws IOException {
    Path golden = TESTDATA.resolve("lora").resolve(name);
    Path model = TESTDATA.resolve("oracle-families").resolve(name).resolve("model");
    try (ModelFolder base = ModelFolder.open(model);
        LoraFolder lora = LoraFolder.open(golden.resolve("adapter"), base)) {
      lora.fold(out);
    }
    try (Checkpoint folded = Checkpoint.open(out);
        Checkpoint merged = Checkpoint.open(golden.resolve("merged"))) {
      assertThat(folded.names()).containsAll(merged.names());
      for (String tensor : merged.names()) {
        float[] actual = floats(folded, tensor);
        float[] expected = floats(merged, tensor);
        for (int i = 0; i < expected.length; i++) {
          // Half a unit of BF16's last place, and what the order of a sum makes of float32.
          double rounding = Math.abs(expected[i]) * (0x1p-8 + 1e-5) + 1e-6;
          assertThat(actual[i]).as("%s [%d]", tensor, i).isCloseTo(expected[i], near(rounding));
        }
      }
    }
  }

  private static Offset<Float> near(double distance) {
    return within((float) distance);
  }

  private static float[] floats(Checkpoint checkpoint, String tensor) {
    List<Long> shape = checkpoint.find(tensor).orElseThrow().shape();
    int rows = Math.toIntExact(shape.getFirst());
    return Widening.toFloats(checkpoint.matrix(tensor, rows, Math.toIntExact(shape.getLast())));
  }
}
