package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.ops.Ops;
import dev.heddle.tornado.TestDevice;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The forward pass on the device computes what Hugging Face transformers computes, with every
 * adapter, and the same bits for a request whoever shares its batch. On the emulator prompts and
 * answers are short.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("cases")
class TornadoModelTest {
  private static final double LOGIT_ERROR = 1e-3; // of the expected logits' standard deviation
  private static final double GREEDY_MARGIN = 1e-3;
  private static final int MOST_TOKENS = TestDevice.isEmulated() ? 6 : 160;
  private static final int MOST_STEPS = TestDevice.isEmulated() ? 3 : 64;

  private static OracleCase oracle;
  private static Ops ops;
  private static MoeModel model;

  @Parameter String name;

  @BeforeParameterizedClassInvocation
  static void load(String name) {
    ops = TestDevice.open();
    oracle = new OracleCase(name);
    try (ModelFolder folder = ModelFolder.open(oracle.model())) {
      model = OracleModel.withAdapters(oracle, folder, ops);
    }
  }

  static List<String> cases() {
    return OracleCase.NAMES;
  }

  private static List<OracleCase.Run> runs() {
    return oracle.runs.stream().filter(run -> run.tokens().size() <= MOST_TOKENS).toList();
  }

  @Test
  void logits_are_those_of_transformers() {
    int vocabulary = model.shape().vocabulary();
    for (OracleCase.Run run : runs()) {
      float[] expected = oracle.floats(run, "logits").orElseThrow();
      double[] largest = new double[1];
      new SequenceRunner(model, run.adapterRow(), 160)
          .append(
              run.ids(),
              (position, logits) -> {
                for (int i = 0; i < vocabulary; i++) {
                  double error = Math.abs(logits[i] - (double) expected[position * vocabulary + i]);
                  largest[0] = error <= largest[0] ? largest[0] : error; // NaN stays
                }
              });
      assertThat(largest[0] / deviation(expected)).as("%s", run).isLessThan(LOGIT_ERROR);
    }
  }

  @Test
  void greedy_continuations_are_those_of_transformers() {
    for (OracleCase.Run run : runs()) {
      int steps = 0;
      int most = Math.min(MOST_STEPS, run.greedy().size());
      while (steps < most && run.margins().get(steps) >= GREEDY_MARGIN) {
        steps++;
      }
      int[] answer =
          new SequenceRunner(model, run.adapterRow(), 64).greedy(run.ids(), steps, token -> false);
      assertThat(answer)
          .as("%s", run)
          .containsExactly(run.greedy().stream().limit(steps).mapToInt(i -> i).toArray());
    }
  }

  @Test
  void a_mixed_batch_gives_each_request_the_bits_it_gets_alone() {
    int sequences = 4; // base, a, b, c
    int[][] prompts = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      int row = s;
      prompts[s] =
          runs().stream()
              .filter(run -> run.adapterRow() == row)
              .filter(run -> run.tokens().size() > 1 && run.tokens().size() <= 37)
              .reduce((first, second) -> second)
              .orElseThrow()
              .ids();
    }
    float[][] alone = new float[sequences][];
    int[] next = new int[sequences];
    float[][] aloneNext = new float[sequences][];
    for (int s = 0; s < sequences; s++) {
      SequenceRunner runner = new SequenceRunner(model, s, 160);
      alone[s] = runner.append(prompts[s]).clone();
      next[s] = SequenceRunner.best(alone[s]);
      aloneNext[s] = runner.append(new int[] {next[s]}).clone();
    }
    MixedBatch mixed = new MixedBatch(model);
    for (int s = 0; s < sequences; s++) {
      mixed.add(s, s, 0, prompts[s]);
    }
    assertSame(mixed.run(), alone, "prompts");
    for (int s = 0; s < sequences; s++) {
      mixed.add(s, s, prompts[s].length, next[s]);
    }
    assertSame(mixed.run(), aloneNext, "next tokens");
  }

  @Test
  void an_adapter_in_slots_gives_the_bits_of_the_merged_checkpoint(@TempDir Path temp) {
    assumeTrue(
        TestDevice.isEmulated() || name.equals("lite-yarn"),
        "on a device one case is enough: each compiles another model");
    Path out = temp.resolve("merged");
    CheckpointWriter.merge(oracle.model(), oracle.adapter("b"), out);
    try (ModelFolder merged = ModelFolder.open(out);
        Ops mergedOps = TestDevice.open()) {
      MoeModel alone = OracleModel.load(merged, mergedOps);
      for (OracleCase.Run run : runs()) {
        if (run.variant().equals("b")) {
          float[] logits = new SequenceRunner(alone, 0, 160).append(run.ids()).clone();
          assertThat(new SequenceRunner(model, run.adapterRow(), 160).append(run.ids()))
              .as("%s", run)
              .containsExactly(logits);
        }
      }
    }
  }

  private static void assertSame(float[][] actual, float[][] expected, String what) {
    for (int s = 0; s < expected.length; s++) {
      assertThat(Arrays.equals(actual[s], expected[s])).as("%s of sequence %d", what, s).isTrue();
    }
  }

  private static double deviation(float[] values) {
    double mean = 0;
    for (float value : values) {
      mean += value / (double) values.length;
    }
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }

  @AfterParameterizedClassInvocation
  static void release() {
    ops.close();
    oracle.close();
  }
}
