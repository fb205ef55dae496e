package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Seeded runs of {@link ResidencySimulation}: the seed in a failure's message replays it. */
class ResidencySimulationTest {
  private static final int SEEDS = 40;
  private static final int EVENTS_PER_SEED = 5_000;

  @Test
  void books_balance_after_each_of_200_000_random_events() {
    ResidencySimulation.Tally total = new ResidencySimulation.Tally();
    for (long seed = 0; seed < SEEDS; seed++) {
      ResidencySimulation simulation = new ResidencySimulation(seed);
      try {
        simulation.run(EVENTS_PER_SEED);
        simulation.windDown();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", event " + simulation.tally.events, e);
      }
      total.add(simulation.tally);
    }
    System.out.println(total);
    assertThat(total.events).isGreaterThanOrEqualTo(SEEDS * EVENTS_PER_SEED);
    assertThat(total.toString()).as("every kind of event happened").doesNotContain("=0");
  }
}
