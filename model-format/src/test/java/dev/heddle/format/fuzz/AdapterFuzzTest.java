package dev.heddle.format.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.heddle.format.Digests;
import dev.heddle.format.FormatException;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterInspection;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes as an adapter's files give an adapter whose experts can all be read, or a
 * FormatException. An input is {@code expert_cfg.json}, a zero byte, {@code model.safetensors}.
 */
class AdapterFuzzTest {
  @TempDir static Path dir;
  private static ModelFolder base;

  @BeforeAll
  static void writeBase() throws IOException {
    base = ModelFolder.open(CheckpointWriter.model(dir.resolve("base"), Shapes.smallest(), 1));
    Files.createDirectory(dir.resolve("adapter"));
  }

  @AfterAll
  static void closeBase() {
    base.close();
  }

  @FuzzTest
  void any_folder_is_an_adapter_or_is_refused(byte[] input) throws IOException {
    int zero = 0;
    while (zero < input.length && input[zero] != 0) {
      zero++;
    }
    Path folder = dir.resolve("adapter");
    Files.write(folder.resolve("expert_cfg.json"), Arrays.copyOf(input, zero));
    Files.write(
        folder.resolve("model.safetensors"),
        Arrays.copyOfRange(input, Math.min(zero + 1, input.length), input.length));
    try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
      for (TunedExpert expert : adapter.manifest().experts()) {
        assertThat(Digests.expert(adapter.weights(expert))).isEqualTo(expert.digest());
      }
    } catch (FormatException e) {
      assertThat(e.violations()).isNotEmpty();
    }
    assertThat(AdapterInspection.of(folder, null).slots()).isNotNegative();
  }
}
