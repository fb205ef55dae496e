package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.ops.Ops;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass computes what Hugging Face transformers computes, in every case and variant. */
class OracleTest {
  private static final double LOGIT_ERROR = 1e-4; // of the expected logits' standard deviation
  private static final double PICK_TIE = 1e-5;
  private static final double GREEDY_MARGIN = 1e-3;

  static Stream<Arguments> cases() {
    return OracleCase.all()
        .flatMap(name -> Backends.NAMES.stream().map(backend -> Arguments.of(name, backend)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logits_hidden_states_and_routing_are_those_of_transformers(String name, String backend) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      TapOps tap = new TapOps(ops);
      MoeModel model = OracleModel.withAdapters(oracle, folder, tap.ops());
      for (OracleCase.Run run : oracle.runs) {
        float[] expected = oracle.floats(run, "logits").orElseThrow();
        double tolerance = LOGIT_ERROR * deviation(expected);
        int vocabulary = model.shape().vocabulary();
        SequenceRunner runner = new SequenceRunner(model, run.adapterRow(), 160);
        runner.append(
            run.ids(),
            (position, logits) ->
                assertClose(expected, position * vocabulary, logits, tolerance, run + " logits"));
        compareHidden(oracle, run, tap, model.shape());
        compareRouting(oracle, run, tap, model.shape());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void greedy_continuations_are_those_of_transformers(String name, String backend) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      MoeModel model = OracleModel.withAdapters(oracle, folder, ops);
      for (OracleCase.Run run : oracle.runs) {
        int steps = 0;
        while (steps < run.greedy().size() && run.margins().get(steps) >= GREEDY_MARGIN) {
          steps++;
        }
        int[] answer =
            new SequenceRunner(model, run.adapterRow(), 64)
                .greedy(run.ids(), steps, token -> false);
        assertThat(answer)
            .as("%s %s", name, run)
            .containsExactly(run.greedy().stream().limit(steps).mapToInt(i -> i).toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void an_adapter_in_slots_gives_the_bits_of_the_merged_checkpoint(
      String name, String backend, @TempDir Path temp) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      MoeModel model = OracleModel.withAdapters(oracle, folder, ops);
      for (String adapter : OracleCase.ADAPTERS) {
        Path out = temp.resolve(adapter);
        CheckpointWriter.merge(oracle.model(), oracle.adapter(adapter), out);
        try (ModelFolder merged = ModelFolder.open(out);
            Ops mergedOps = Backends.open(backend)) {
          MoeModel alone = OracleModel.load(merged, mergedOps);
          for (OracleCase.Run run : oracle.runs) {
            if (run.variant().equals(adapter)) {
              assertThat(bits(model, run.adapterRow(), run))
                  .as("%s %s", name, run)
                  .isEqualTo(bits(alone, 0, run));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.model.OracleCase#all")
  void both_backends_give_the_same_bits(String name) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops reference = Backends.open("reference");
        Ops vector = Backends.open("vector")) {
      MoeModel scalar = OracleModel.withAdapters(oracle, folder, reference);
      MoeModel panels = OracleModel.withAdapters(oracle, folder, vector);
      for (OracleCase.Run run : oracle.runs) {
        assertThat(bits(panels, run.adapterRow(), run))
            .as("%s %s", name, run)
            .isEqualTo(bits(scalar, run.adapterRow(), run));
      }
    }
  }

  private static int[][] bits(MoeModel model, int adapterRow, OracleCase.Run run) {
    float[][] rows = new float[run.tokens().size()][];
    new SequenceRunner(model, adapterRow, 160)
        .append(run.ids(), (position, row) -> rows[position] = row.clone());
    return ChunkingTest.bits(rows);
  }

  private static void compareHidden(
      OracleCase oracle, OracleCase.Run run, TapOps tap, ModelShape shape) {
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "model.layers." + layer + ".input_layernorm.weight";
      float[] expected = oracle.floats(run, "hidden." + layer).orElse(null);
      if (expected == null) {
        return; // only prompts of at most 40 tokens have them
      }
      double tolerance = LOGIT_ERROR * deviation(expected);
      List<float[]> rows = tap.normInputs.get(at);
      for (int t = 0; t < rows.size(); t++) {
        assertClose(expected, t * shape.hidden(), rows.get(t), tolerance, run + " hidden " + layer);
      }
    }
  }

  private static void compareRouting(
      OracleCase oracle, OracleCase.Run run, TapOps tap, ModelShape shape) {
    int moeLayer = 0;
    int k = shape.experts().topK();
    for (int layer = 0; layer < shape.layers(); layer++) {
      int[] experts = oracle.ints(run, "router." + layer + ".experts").orElse(null);
      if (!shape.isMoe(layer) || experts == null) {
        continue;
      }
      float[] weights = oracle.floats(run, "router." + layer + ".weights").orElseThrow();
      List<TapOps.Picks> tokens = tap.routers.get(moeLayer++);
      for (int t = 0; t < tokens.size(); t++) {
        TapOps.Picks picks = tokens.get(t);
        for (int rank = 0; rank < k; rank++) {
          String at = run + " router " + layer + " token " + t + " rank " + rank;
          float weight = weights[t * k + rank];
          assertThat(picks.weights[rank]).as(at).isCloseTo(weight, within(1e-4f));
          if (!tied(weights, t * k, k, rank)) {
            assertThat(picks.experts[rank]).as(at).isEqualTo(experts[t * k + rank]);
          }
        }
      }
    }
  }

  /** Whether a neighbour in rank has nearly the same weight, so that rounding decides the order. */
  private static boolean tied(float[] weights, int from, int k, int rank) {
    float weight = weights[from + rank];
    return (rank > 0 && weights[from + rank - 1] - weight < PICK_TIE)
        || (rank < k - 1 && weight - weights[from + rank + 1] < PICK_TIE);
  }

  private static void assertClose(
      float[] expected, int from, float[] actual, double tolerance, String what) {
    for (int i = 0; i < actual.length; i++) {
      if (!(Math.abs(expected[from + i] - actual[i]) <= tolerance)) {
        assertThat((double) actual[i])
            .as("%s, element %d", what, from + i)
            .isCloseTo(expected[from + i], within(tolerance));
      }
    }
  }

  private static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(squares / values.length - mean * mean);
  }
}
