package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.Ops;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routers count each token of a mixed batch k times in every layer, for its adapter alone. */
class RoutedTokensOfBatchTest {
  @ParameterizedTest
  @ValueSource(strings = {"full-qlora-groups", "lite-yarn", "normed-freq2-f16"})
  void every_token_counts_k_times_and_backends_agree(String name) {
    int[] reference = counters(name, "reference");

    assertThat(counters(name, "vector")).isEqualTo(reference);
    assertThat(Arrays.stream(reference).filter(n -> n > 0).count()).isGreaterThan(8);
  }

  private static int[] counters(String name, String backend) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      MoeModel model = OracleModel.withAdapters(oracle, folder, ops);
      return new RoutedRun(model, 5).steps(9, 30).counters();
    }
  }
}
