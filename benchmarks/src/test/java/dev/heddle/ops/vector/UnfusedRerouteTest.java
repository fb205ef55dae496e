package dev.heddle.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is compared does the same work. */
class UnfusedRerouteTest {
  @ParameterizedTest
  @CsvSource({"1,0", "1,20", "16,20", "64,0", "512,20"})
  void gives_what_the_fused_way_gives_to_the_bit(int tokens, int adapters) {
    try (RerouteCase batch = new RerouteCase(tokens, adapters, 2)) {
      batch.runFused();
      batch.runUnfused();

      assertThat(ints(batch.unfused.picks())).isEqualTo(ints(batch.fused.picks()));
      assertThat(ints(batch.unfused.weights())).isEqualTo(ints(batch.fused.weights()));
      assertThat(ints(batch.unfused.slots())).isEqualTo(ints(batch.fused.slots()));
      assertThat(batch.unfused.blocks()).isEqualTo(batch.fused.blocks()).isPositive();
      int columns = RerouteCase.RULE.routed() + RerouteCase.RULE.shared();
      int largest = Arrays.stream(ints(batch.fused.slots())).max().orElseThrow();
      assertThat(largest >= columns)
          .as("some tokens go to an adapter's experts")
          .isEqualTo(adapters > 0 && tokens > 1);
    }
  }

  /** Bits of all elements. */
  private static int[] ints(NativeTensor tensor) {
    int[] bits = new int[(int) tensor.elements()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = tensor.intAt(i);
    }
    return bits;
  }
}
