package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.reference.ReferenceOps;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One recorded pass serves every later batch: nothing about a batch is in the calls. */
class RecordingTest {
  @ParameterizedTest
  @ValueSource(strings = {"full-qlora-groups", "biased-alldense0", "qwen2-moe"})
  void a_replayed_pass_gives_the_bits_of_a_called_one(String name) {
    RecordingOps recording = new RecordingOps(new ReferenceOps());
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model())) {
      MoeModel recorded = OracleModel.load(folder, recording.ops());
      MoeModel called = OracleModel.load(folder, new ReferenceOps());
      reverseExperts(recorded);
      reverseExperts(called);
      long seed = 3;
      Random random = new Random(seed);
      StepBatch batch = recorded.newBatch();
      int passes = 6;
      int[] lengths = new int[2];
      for (int pass = 0; pass < passes; pass++) {
        fill(batch, random, recorded, lengths);
        recorded.forward(batch);
        called.forward(batch);
        assertThat(ChunkingTest.bits(logits(recorded, batch)))
            .as("pass %d, seed %d", pass, seed)
            .isEqualTo(ChunkingTest.bits(logits(called, batch)));
      }
      assertThat(recording.replays).isEqualTo(passes - 1);
    }
  }

  /** Adapter row 1 sends every column to another expert of its layer. */
  private static void reverseExperts(MoeModel model) {
    int[][] map = model.baseMap();
    for (int layer = 0; layer < map.length; layer++) {
      int[] row = map[layer];
      int last = row.length - 1;
      model.writeMap(1, layer, IntStream.rangeClosed(0, last).map(i -> row[last - i]).toArray());
    }
  }

  /** A few more tokens of each of two sequences, the second with adapter row 1. */
  private static void fill(StepBatch batch, Random random, MoeModel model, int[] lengths) {
    batch.clear();
    batch.sequenceCount = lengths.length;
    int blockTokens = model.limits().blockTokens();
    for (int s = 0; s < lengths.length; s++) {
      for (int i = 0; i < batch.blockTables[s].length; i++) {
        batch.blockTables[s][i] = s * batch.blockTables[s].length + i;
      }
      int count = 1 + random.nextInt(30);
      for (int i = 0; i < count; i++) {
        int t = batch.tokenCount++;
        int position = lengths[s]++;
        batch.tokens[t] = random.nextInt(model.shape().vocabulary());
        batch.positions[t] = position;
        batch.adapters[t] = s;
        batch.sequences[t] = s;
        batch.kvSlots[t] =
            batch.blockTables[s][position / blockTokens] * blockTokens + position % blockTokens;
      }
      batch.logitTokens[batch.logitCount++] = batch.tokenCount - 1;
    }
  }

  private static float[][] logits(MoeModel model, StepBatch batch) {
    float[][] rows = new float[batch.logitCount][model.shape().vocabulary()];
    for (int r = 0; r < rows.length; r++) {
      model.logits(r, rows[r]);
    }
    return rows;
  }
}
