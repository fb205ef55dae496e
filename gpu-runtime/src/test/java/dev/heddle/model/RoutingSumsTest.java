package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Ops;
import dev.heddle.ops.OverriddenOps;
import dev.heddle.ops.reference.ReferenceOps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What routers decide, added up over prompts: as transformers has it, however prompts are cut. */
class RoutingSumsTest {
  @ParameterizedTest
  @FieldSource("dev.heddle.model.OracleCase#NAMES")
  void picks_and_weights_are_those_of_transformers_on_every_backend_and_in_any_chunks(String name) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model())) {
      RoutingSums reference = sums(oracle, folder, "reference", 160);

      requireGolden(oracle, folder.shape(), reference);
      assertThat(sums(oracle, folder, "vector", 160))
          .usingRecursiveComparison()
          .isEqualTo(reference);
      assertThat(sums(oracle, folder, "vector", 3)).usingRecursiveComparison().isEqualTo(reference);
    }
  }

  @Test
  void a_backend_that_runs_a_pass_at_its_end_refuses_by_name() {
    try (OracleCase oracle = new OracleCase("lite-yarn");
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = OverriddenOps.of(new ReferenceOps(), new Recorded())) {
      MoeModel model = OracleModel.load(folder, ops);
      SequenceRunner runner = new SequenceRunner(model, 0, 16);
      assertThat(model.showsRouting()).isFalse();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> runner.append(new int[] {1, 2}, RoutingSums.of(folder.shape())))
          .withMessageContaining("the backend recorded does not show what routers decide");
      assertThat(runner.append(new int[] {1, 2})).isNotEmpty();
    }
  }

  /** What such a backend says of itself. */
  static final class Recorded {
    public String name() {
      return "recorded";
    }

    public boolean readsWithinPass() {
      return false;
    }
  }

  private static RoutingSums sums(
      OracleCase oracle, ModelFolder folder, String backend, int chunk) {
    RoutingSums all = RoutingSums.of(folder.shape());
    try (Ops ops = Backends.open(backend)) {
      SequenceRunner runner = new SequenceRunner(OracleModel.load(folder, ops), 0, chunk);
      for (OracleCase.Run run : oracle.runs) {
        if (isRouted(oracle, run, folder.shape())) {
          RoutingSums sums = RoutingSums.of(folder.shape());
          runner.restart();
          runner.append(run.ids(), sums);
          all.add(sums);
        }
      }
    }
    return all;
  }

  /** The golden has the routers' decisions of the base for short prompts. */
  private static boolean isRouted(OracleCase oracle, OracleCase.Run run, ModelShape shape) {
    return run.adapterRow() == 0
        && oracle.ints(run, "router." + firstMoe(shape) + ".experts").isPresent();
  }

  private static int firstMoe(ModelShape shape) {
    int layer = 0;
    while (!shape.isMoe(layer)) {
      layer++;
    }
    return layer;
  }

  private static void requireGolden(OracleCase oracle, ModelShape shape, RoutingSums sums) {
    int experts = shape.experts().routed();
    boolean normalized = shape.experts().normalizeTopK() && shape.experts().topK() > 1;
    double scale = normalized ? 1 : shape.experts().scale();
    int moeLayer = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      if (!shape.isMoe(layer)) {
        continue;
      }
      long[] picked = new long[experts];
      double[] gate = new double[experts];
      for (OracleCase.Run run : oracle.runs) {
        if (isRouted(oracle, run, shape)) {
          int[] ids = oracle.ints(run, "router." + layer + ".experts").orElseThrow();
          float[] weights = oracle.floats(run, "router." + layer + ".weights").orElseThrow();
          for (int i = 0; i < ids.length; i++) {
            picked[ids[i]]++;
            gate[ids[i]] += weights[i] / scale;
          }
        }
      }
      for (int expert = 0; expert < experts; expert++) {
        assertThat(sums.picked(moeLayer, expert)).isEqualTo(picked[expert]);
        assertThat(sums.gate(moeLayer, expert)).isCloseTo(gate[expert], within(1e-4));
      }
      moeLayer++;
    }
    assertThat(sums.tokens()).isPositive();
  }
}
