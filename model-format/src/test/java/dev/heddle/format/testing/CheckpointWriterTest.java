package dev.heddle.format.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digests;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelConfigWriter.Names;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
  @TempDir Path dir;

  @RepeatedTest(40)
  void what_is_written_reads_back_and_a_merged_model_has_the_adapters_experts(
      RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    ModelShape shape = Shapes.random(random);
    Names names = random.nextBoolean() ? Names.OLDER : Names.NEWER;
    Path model =
        CheckpointWriter.model(dir.resolve("base"), shape, seed, 1 + random.nextInt(3), names);
    try (ModelFolder base = ModelFolder.open(model)) {
      assertThat(base.shape()).as("seed %d", seed).isEqualTo(shape);
      Path tuned = CheckpointWriter.adapter(dir.resolve("adapter"), base, seed);
      Path out = CheckpointWriter.merge(model, tuned, dir.resolve("merged"));
      try (AdapterFolder adapter = AdapterFolder.open(tuned, base);
          ModelFolder merged = ModelFolder.open(out)) {
        assertThat(merged.shape()).isEqualTo(shape);
        assertThat(adapter.manifest().experts()).as("seed %d", seed).isNotEmpty();
        for (int layer = 0; layer < shape.layers(); layer++) {
          for (int column = 0; shape.isMoe(layer) && column < shape.experts().columns(); column++) {
            assertThat(merged.expertDigest(layer, column))
                .as("seed %d layer %d column %d", seed, layer, column)
                .isEqualTo(expected(base, adapter, layer, column));
          }
        }
      }
    }
  }

  private static Object expected(ModelFolder base, AdapterFolder adapter, int layer, int column) {
    for (TunedExpert expert : adapter.manifest().experts()) {
      if (expert.layer() == layer && expert.column() == column) {
        assertThat(Digests.expert(adapter.weights(expert))).isEqualTo(expert.digest());
        return expert.digest();
      }
    }
    return base.expertDigest(layer, column);
  }
}
