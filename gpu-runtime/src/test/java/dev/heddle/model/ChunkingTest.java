package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.Ops;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logits do not depend on how a prompt is cut into passes, to the bit. */
class ChunkingTest {
  @ParameterizedTest
  @CsvSource({
    "awkward, reference",
    "awkward, vector",
    "full-qlora-groups, vector",
    "lite-yarn, vector",
    "normed-freq2-f16, vector",
    "plain-tied-f32, vector",
    "deepseek-v3, vector",
    "glm4-moe, vector",
    "qwen2-moe, vector",
    "qwen3-moe, reference",
    "qwen3-moe, vector",
    "mixtral-window, reference",
    "mixtral-window, vector",
    "qwen2-moe-window, vector",
    "qwen3-moe-window, vector"
  })
  void any_chunks_give_the_same_bits(String name, String backend) {
    long seed = 20261122;
    Random random = new Random(seed);
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      MoeModel model = OracleModel.load(folder, ops);
      int[] tokens = random.ints(140, 0, model.shape().vocabulary()).toArray();
      float[][] whole = logits(model, tokens, 160, 160);
      for (int chunk : new int[] {1, 2, 7, 31, 32, 33, 64}) {
        assertThat(bits(logits(model, tokens, chunk, chunk)))
            .as("chunks of %d, seed %d", chunk, seed)
            .isEqualTo(bits(whole));
      }
      assertThat(bits(logits(model, tokens, 1 + random.nextInt(40), 160)))
          .as("a short chunk, then long ones, seed %d", seed)
          .isEqualTo(bits(whole));
    }
  }

  /** The logits of every position: a first chunk, then chunks of one size. */
  private static float[][] logits(MoeModel model, int[] tokens, int first, int chunk) {
    SequenceRunner runner = new SequenceRunner(model, 0, chunk);
    float[][] rows = new float[tokens.length][];
    int cut = Math.min(first, tokens.length);
    SequenceRunner.LogitSink sink = (position, row) -> rows[position] = row.clone();
    runner.append(Arrays.copyOf(tokens, cut), sink);
    runner.append(Arrays.copyOfRange(tokens, cut, tokens.length), sink);
    return rows;
  }

  static int[][] bits(float[][] rows) {
    return Arrays.stream(rows)
        .map(row -> {
          int[] bits = new int[row.length];
          Arrays.setAll(bits, i -> Float.floatToRawIntBits(row[i]));
          return bits;
        })
        .toArray(int[][]::new);
  }
}
