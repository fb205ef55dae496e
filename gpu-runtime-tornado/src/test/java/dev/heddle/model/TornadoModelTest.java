package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.reference.ReferenceOps;
import dev.heddle.tornado.TestDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

  static Stream<String> cases() {
    return OracleCase.all();
  }

  private List<OracleCase.Run> runs() {
    return oracle.runs.stream().filter(run -> run.tokens().size() <= mostTokens()).toList();
  }

  /** On the emulator just so many that every adapter has a prompt, and every window an edge. */
  private int mostTokens() {
    if (!TestDevice.isEmulated() || name.endsWith("-window")) {
      return 160;
    }
    return OracleCase.ADAPTERS.stream().mapToInt(this::shortestPrompt).max().orElseThrow();
  }

  private int shortestPrompt(String variant) {
    return oracle.runs.stream()
        .filter(run -> run.variant().equals(variant))
        .mapToInt(run -> run.tokens().size())
        .min()
        .orElseThrow();
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
  void routers_count_every_token_k_times_for_its_adapter_as_the_scalar_backend_does() {
    try (Ops reference = new ReferenceOps();
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops device = TestDevice.open()) {
      MoeModel counted = OracleModel.withAdapters(oracle, folder, device);
      MoeModel expected = OracleModel.withAdapters(oracle, folder, reference);
      int[] counters = new RoutedRun(counted, 5).steps(4, 4).counters();
      int[] scalar = new RoutedRun(expected, 5).steps(4, 4).counters();
      if (TestDevice.isEmulated()) { // a device's last bits may decide between two columns
        assertThat(counters).isEqualTo(scalar);
      }
    }
  }

  @Test
  void what_routers_decide_is_not_shown_and_who_asks_is_refused_by_name() {
    SequenceRunner runner = new SequenceRunner(model, 0, 2);
    assertThat(model.showsRouting()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> runner.append(new int[] {1, 2}, RoutingSums.of(model.shape())))
        .withMessage("the backend %s does not show what routers decide", ops.name());
  }

  @Test
  void rows_are_scored_as_the_logits_that_are_read_back() {
    MixedBatch mixed = new MixedBatch(model);
    for (int row = 0; row < 3; row++) {
      mixed.add(row, row, 0, 3 + row, 5, 2);
    }
    float[][] logits = mixed.run();
    List<String> scores = new ArrayList<>();
    model.score(new LastRowsFirst(logits.length, scores));
    Logprobs expected = new Logprobs(4);
    for (int row = 0; row < logits.length; row++) {
      expected.score(logits[row], row, 4);
      assertThat(scores).contains(words(row, expected));
    }
    assertThat(scores).hasSize(logits.length);
  }

  private static String words(int row, Logprobs scored) {
    return row
        + " "
        + scored.logprob()
        + " "
        + Arrays.toString(Arrays.copyOf(scored.alternativeTokens(), 4))
        + Arrays.toString(Arrays.copyOf(scored.alternativeLogprobs(), 4));
  }

  /** Row r scores token r, with four alternatives. */
  private record LastRowsFirst(int count, List<String> scores) implements RowScoring {
    @Override
    public int row(int i) {
      return count - 1 - i;
    }

    @Override
    public int token(int i) {
      return row(i);
    }

    @Override
    public int alternatives(int i) {
      return 4;
    }

    @Override
    public void scored(int i, Logprobs result) {
      synchronized (scores) {
        scores.add(words(row(i), result));
      }
    }

    @Override
    public void failed(int i, RuntimeException cause) {
      throw cause;
    }
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
