package dev.heddle.it;

import dev.heddle.format.adapter.RandomAdapter;
import dev.heddle.format.model.ModelConfigWriter;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.RandomCheckpoint;
import dev.heddle.model.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Writes a model of DeepSeek-V2-Lite's shape with random weights, and adapters for it, to try what
 * a machine can serve; run by {@code tools/random-model}. Text goes through the demo's tokenizer.
 */
class RandomFiles {
  @Test
  void write() throws IOException {
    Path folder = Path.of(System.getProperty("heddle.random.folder"));
    int layers = Integer.getInteger("heddle.random.layers");
    int fewest = Integer.getInteger("heddle.random.fewest");
    int most = Integer.getInteger("heddle.random.most");
    Path base = folder.resolve("base");
    RandomCheckpoint.write(
        base, RandomModel.lite(layers), 1, layers + 1, ModelConfigWriter.Names.OLDER);
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(PlatformFixture.DEMO.resolve("base").resolve(file), base.resolve(file));
    }
    try (ModelFolder model = ModelFolder.open(base)) {
      for (int i = 1; i <= Integer.getInteger("heddle.random.adapters"); i++) {
        RandomAdapter.of(model.shape(), fewest, most, i)
            .write(folder.resolve("adapter-" + i), model);
      }
    }
  }
}
