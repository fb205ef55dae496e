package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Shapes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFileTest {
  @TempDir private Path folder;

  @Test
  void whatever_adapter_is_read_its_tensors_are_written_bit_for_bit_under_their_full_names()
      throws IOException {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Path model = CheckpointWriter.model(folder.resolve("m" + seed), Shapes.random(random), seed);
      try (ModelFolder base = ModelFolder.open(model)) {
        Path original = CheckpointWriter.adapter(folder.resolve("a" + seed), base, seed);
        long most = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(20_000);
        Path copy = copy(original, base, most, folder.resolve("c" + seed));
        assertSameTensors(seed, original, copy);
        try (AdapterFolder before = AdapterFolder.open(original, base);
            AdapterFolder after = AdapterFolder.open(copy, base)) {
          assertThat(after.manifest()).as("seed %d", seed).isEqualTo(before.manifest());
          assertThat(after.config()).as("seed %d", seed).isEqualTo(before.config());
        }
      }
    }
  }

  /** Writes what a folder has as a download would: experts that equal the base's from there. */
  private static Path copy(Path original, ModelFolder base, long bytesMax, Path to)
      throws IOException {
    Files.createDirectories(to);
    try (AdapterFolder adapter = AdapterFolder.open(original, base)) {
      Map<List<Integer>, TunedExpert> tuned = new HashMap<>();
      adapter.manifest().experts().forEach(e -> tuned.put(List.of(e.layer(), e.column()), e));
      Files.write(to.resolve(ExpertConfig.FILE), adapter.config().json());
      List<WeightsFile> files = WeightsFile.of(adapter.config(), base.shape(), bytesMax);
      for (WeightsFile file : files) {
        Path path = to.resolve(file.name());
        try (OutputStream out = Files.newOutputStream(path)) {
          file.write(
              out,
              (layer, column, arena) -> {
                TunedExpert expert = tuned.get(List.of(layer, column));
                return expert == null ? base.expert(layer, column) : adapter.weights(expert);
              });
        }
        assertThat(Files.size(path)).isEqualTo(file.bytes());
      }
      if (files.size() > 1) {
        Files.write(to.resolve(WeightsFile.INDEX), WeightsFile.index(files));
      }
    }
    return to;
  }

  private static void assertSameTensors(int seed, Path original, Path copy) {
    try (Checkpoint before = Checkpoint.open(original);
        Checkpoint after = Checkpoint.open(copy)) {
      assertThat(after.names()).as("seed %d", seed).hasSameSizeAs(before.names());
      for (String name : before.names()) {
        String full = name.startsWith("model.") ? name : "model." + name;
        assertThat(after.find(full).orElseThrow().shape())
            .isEqualTo(before.find(name).orElseThrow().shape());
        assertThat(after.find(full).orElseThrow().type())
            .isEqualTo(before.find(name).orElseThrow().type());
        assertThat(after.data(full).mismatch(before.data(name)))
            .as("seed %d, %s", seed, name)
            .isEqualTo(-1);
      }
    }
  }
}
