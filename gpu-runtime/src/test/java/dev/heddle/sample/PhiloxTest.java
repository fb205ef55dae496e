package dev.heddle.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The first two words of philox4x32-10 in Random123's kat_vectors. */
  @Test
  void known_answers_of_the_reference_implementation_are_met() {
    assertThat(Philox.firstWords(0, 0, 0, 0, 0, 0)).isEqualTo(0xe169c58d_6627e8d5L);
    assertThat(Philox.firstWords(-1, -1, -1, -1, -1, -1)).isEqualTo(0x41c83b0e_408f276dL);
    assertThat(
            Philox.firstWords(
                0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .isEqualTo(0x94fdcceb_d16cfe09L);
  }

  @Test
  void numbers_differ_by_seed_choice_and_position_and_are_spread_evenly() {
    double sum = 0;
    int draws = 30_000;
    for (int i = 0; i < draws; i++) {
      double number = Philox.uniform(i % 10, i / 10 % 10, i / 100);
      assertThat(number).isBetween(0.0, Math.nextDown(1.0));
      sum += number;
    }
    assertThat(sum / draws).isBetween(0.495, 0.505);
    double one = Philox.uniform(1, 2, 3);
    assertThat(one)
        .isNotEqualTo(Philox.uniform(2, 2, 3))
        .isNotEqualTo(Philox.uniform(1L << 32 | 1, 2, 3))
        .isNotEqualTo(Philox.uniform(1, 3, 3))
        .isNotEqualTo(Philox.uniform(1, 2, 4));
  }
}
