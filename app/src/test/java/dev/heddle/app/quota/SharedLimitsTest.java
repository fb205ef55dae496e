package dev.heddle.app.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.registry.access.TenantLimits;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that several replicas hold together, by a clock that the test moves. */
class SharedLimitsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long SECOND = 1_000_000_000L;

  private final long seed = new Random().nextLong();

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "8, 1, 1", "1, 0, 0"})
  void however_the_load_is_split_the_fleet_lets_in_what_one_would(
      double first, double second, double third) {
    for (long limit : new long[] {30, 600, 12_000}) {
      FleetSimulation fleet = fleet(limit, null, null);
      double rate = limit / 60.0 * 1.5;
      Runnable request = () -> fleet.any(first, second, third).ask(1, 1, 1, SECOND / 10);
      fleet.load(MINUTE, rate * 2, request); // what had been saved up is used
      long before = fleet.allAdmitted;
      fleet.load(MINUTE.multipliedBy(3), rate, request);
      assertThat(fleet.allAdmitted - before)
          .as("seed %d, limit %d", seed, limit)
          .isBetween((long) (3 * limit * 0.95), 3 * limit + limit / 100 + 2);
      assertThat(fleet.allAdmitted).isLessThanOrEqualTo(limit + 4 * limit + limit / 100 + 1);
    }
  }

  @Test
  void a_small_limit_is_there_whole_wherever_its_requests_come() {
    FleetSimulation fleet = fleet(3, null, null);
    for (int i = 0; i < 9; i++) {
      fleet.nodes.get(i % 3).ask(1, 1, 1, 0);
    }
    fleet.pass(Duration.ofSeconds(1));
    assertThat(fleet.allAdmitted).isEqualTo(3);
    fleet.pass(MINUTE);
    for (int i = 0; i < 9; i++) {
      fleet.nodes.getLast().ask(1, 1, 1, 0);
      fleet.pass(Duration.ofMillis(10));
    }
    assertThat(fleet.allAdmitted).as("seed %d", seed).isEqualTo(6);
  }

  @Test
  void what_is_left_is_the_fleet_s_everywhere() {
    FleetSimulation fleet = fleet(10, 1000L, 5);
    fleet.nodes.get(0).ask(400, 100, 2, SECOND);
    fleet.pass(Duration.ofMillis(100));
    fleet.nodes.get(1).ask(300, 100, 1, SECOND);
    fleet.pass(Duration.ofMillis(100));
    Consumption second = fleet.nodes.get(1).consumption();
    assertThat(second.requests().remaining()).isEqualTo(8);
    assertThat(second.tokens().remaining()).isBetween(300L, 310L);
    assertThat(second.concurrentSequences()).isEqualTo(3);
  }

  @Test
  void tokens_that_are_given_back_can_be_used_by_another() {
    FleetSimulation fleet = fleet(1000, 1500L, null);
    for (int i = 0; i < 6; i++) {
      fleet.nodes.get(i % 3).ask(900, 20, 1, SECOND / 4);
      fleet.pass(Duration.ofSeconds(1));
    }
    assertThat(fleet.allAdmitted).as("seed %d", seed).isEqualTo(6);
    assertThat(fleet.tokens).isEqualTo(120);
  }

  @Test
  void sequences_at_once_are_never_more_than_the_limit_and_are_used_wherever_they_are_wanted() {
    for (double[] split : new double[][] {{1, 1, 1}, {8, 1, 1}, {1, 0, 0}}) {
      FleetSimulation fleet = fleet(null, null, 12);
      Random random = new Random(seed);
      long[] sums = new long[2];
      Runnable request =
          () -> {
            fleet.any(split).ask(1, 1, 1, SECOND / 2 + random.nextLong(2 * SECOND));
            assertThat(fleet.inFlight).as("seed %d", seed).isLessThanOrEqualTo(12);
            sums[0] += fleet.inFlight;
            sums[1]++;
          };
      fleet.load(Duration.ofSeconds(10), 40, request);
      sums[0] = 0;
      sums[1] = 0;
      fleet.load(MINUTE, 40, request);
      assertThat((double) sums[0] / sums[1]).as("seed %d", seed).isGreaterThan(12 * 0.95);
    }
  }

  @Test
  void a_replica_that_wants_sequences_gets_some_of_one_that_has_them_all() {
    FleetSimulation fleet = fleet(null, null, 6);
    Random random = new Random(seed);
    fleet.load(
        Duration.ofSeconds(10),
        20,
        () -> fleet.nodes.getFirst().ask(1, 1, 1, SECOND / 2 + random.nextLong(SECOND)));
    fleet.load(
        MINUTE,
        40,
        () ->
            fleet.nodes.get(random.nextInt(2)).ask(1, 1, 1, SECOND / 2 + random.nextLong(SECOND)));
    assertThat(fleet.nodes.get(1).admitted).as("seed %d of 360", seed).isGreaterThan(36);
  }

  @Test
  void what_a_replica_held_that_dies_is_there_again_within_seconds() {
    FleetSimulation fleet = fleet(100, 1000L, 4);
    FleetSimulation.Node dying = fleet.nodes.getFirst();
    dying.ask(900, 900, 4, MINUTE.toNanos());
    fleet.pass(Duration.ofSeconds(1));
    fleet.kill(dying);
    FleetSimulation.Node other = fleet.nodes.getLast();
    other.ask(900, 900, 4, SECOND);
    fleet.pass(Duration.ofSeconds(1));
    assertThat(fleet.allAdmitted).isEqualTo(1);
    fleet.pass(Duration.ofSeconds(6));
    other.ask(900, 900, 4, SECOND);
    fleet.pass(Duration.ofSeconds(1));
    assertThat(fleet.allAdmitted).isEqualTo(2);
  }

  @Test
  void a_replica_that_was_taken_for_dead_pays_for_what_it_let_in_meanwhile() {
    FleetSimulation fleet = fleet(60, null, null);
    FleetSimulation.Node paused = fleet.nodes.getFirst();
    paused.ask(1, 1, 1, 0);
    fleet.pass(Duration.ofSeconds(1));
    fleet.kill(paused);
    fleet.pass(Duration.ofSeconds(10));
    paused.diedAt = Long.MAX_VALUE;
    fleet.load(MINUTE.multipliedBy(3), 5, () -> fleet.any(1, 1, 1).ask(1, 1, 1, 0));
    assertThat(fleet.allAdmitted).as("seed %d", seed).isBetween(220L, 60L + 191 + 3);
  }

  @Test
  void with_the_database_away_each_goes_by_its_part_and_afterwards_nothing_is_let_in_twice() {
    for (int seconds : new int[] {5, 30, 150}) {
      FleetSimulation fleet = fleet(600, null, null);
      Runnable request = () -> fleet.any(1, 1, 1).ask(1, 1, 1, SECOND / 10);
      fleet.load(MINUTE.multipliedBy(2), 20, request);
      long before = fleet.allAdmitted;
      fleet.pool.away = true;
      fleet.load(Duration.ofSeconds(seconds), 20, request);
      assertThat(fleet.allAdmitted - before)
          .as("seed %d, %d s", seed, seconds)
          .isBetween((long) (seconds * 10 * 0.9) - 3, (long) (seconds * 10 * 1.05) + 15);
      fleet.pool.away = false;
      fleet.load(MINUTE, 20, request);
      assertThat(fleet.allAdmitted - before)
          .as("seed %d, %d s", seed, seconds)
          .isBetween(
              (long) ((seconds + 60) * 10 * 0.94) - 6, (long) ((seconds + 60) * 10 * 1.05) + 15);
    }
  }

  @Test
  void who_goes_apart_takes_its_part_of_those_that_live_then() {
    Sharing sharing = new Sharing();
    sharing.living(2);
    sharing.pooled();
    sharing.living(3);
    Split seen = sharing.split();
    assertThat(seen.replicas()).isEqualTo(2);
    sharing.apart(seen);
    assertThat(sharing.split().pooled()).isFalse();
    assertThat(sharing.split().part(600)).isEqualTo(200);
  }

  @Test
  void an_answer_of_the_database_that_is_lost_costs_nothing() {
    FleetSimulation fleet = fleet(600, null, null);
    Runnable request =
        () -> {
          fleet.pool.forgetsToAnswer = fleet.random.nextInt(30) == 0;
          fleet.any(1, 1, 1).ask(1, 1, 1, SECOND / 10);
        };
    fleet.load(MINUTE, 20, request);
    long before = fleet.allAdmitted;
    fleet.load(MINUTE.multipliedBy(3), 20, request);
    assertThat(fleet.allAdmitted - before).as("seed %d", seed).isBetween(1710L, 1890L);
  }

  @Test
  void a_fleet_that_grows_and_shrinks_lets_in_what_one_would() {
    FleetSimulation fleet = new FleetSimulation(seed, limits(600, null, null), 1);
    Runnable request = () -> fleet.any(1, 1, 1).ask(1, 1, 1, SECOND / 10);
    fleet.load(MINUTE.multipliedBy(2), 20, request);
    assertThat(fleet.pool.exchanges).as("one that is alone says nothing").isZero();
    fleet.join();
    fleet.load(MINUTE, 20, request);
    fleet.join();
    fleet.load(MINUTE, 20, request);
    fleet.kill(fleet.nodes.get(2));
    fleet.load(MINUTE, 20, request);
    fleet.kill(fleet.nodes.get(0));
    fleet.load(MINUTE, 20, request);
    double minutes = fleet.now / 60e9;
    assertThat((double) fleet.allAdmitted)
        .as("seed %d", seed)
        .isCloseTo(600 + 600 * minutes, within(600 * (1 + minutes) * 0.05));
    int exchanges = fleet.pool.exchanges;
    fleet.load(Duration.ofSeconds(10), 20, request);
    assertThat(fleet.pool.exchanges).as("alone again").isEqualTo(exchanges);
  }

  @Test
  void a_changed_limit_forgets_nothing_that_was_used() {
    FleetSimulation fleet = fleet(100, null, null);
    fleet.load(Duration.ofSeconds(2), 30, () -> fleet.any(1, 1, 1).ask(1, 1, 1, 0));
    long used = fleet.allAdmitted;
    fleet.pool.limits = limits(200, null, null);
    fleet.load(Duration.ofSeconds(10), 100, () -> fleet.any(1, 1, 1).ask(1, 1, 1, 0));
    assertThat(fleet.allAdmitted).as("seed %d", seed).isBetween(used + 100, 240L);
    fleet.pool.limits = limits(null, null, null);
    long refused = fleet.refused;
    fleet.load(Duration.ofSeconds(1), 100, () -> fleet.any(1, 1, 1).ask(1, 1, 1, 0));
    assertThat(fleet.refused).isEqualTo(refused);
    fleet.pool.limits = limits(200, null, null);
    fleet.load(Duration.ofSeconds(30), 100, () -> fleet.any(1, 1, 1).ask(1, 1, 1, 0));
    assertThat(fleet.refused).isGreaterThan(refused);
  }

  @Test
  void a_tenant_that_asks_for_nothing_costs_no_statements() {
    FleetSimulation fleet = fleet(600, 60_000L, 8);
    fleet.load(Duration.ofSeconds(5), 20, () -> fleet.any(1, 1, 1).ask(100, 50, 1, SECOND));
    fleet.pass(Duration.ofSeconds(20));
    int exchanges = fleet.pool.exchanges;
    fleet.pass(MINUTE);
    assertThat(fleet.pool.exchanges).isEqualTo(exchanges);
  }

  @Test
  void the_last_request_of_a_limit_is_there_for_the_replica_that_it_is_passed_on_to() {
    FleetSimulation fleet = fleet(3, null, null);
    for (int i = 0; i < 3; i++) {
      assertThat(fleet.nodes.getFirst().passOn(fleet.nodes.getLast())).isTrue();
    }
    assertThat(fleet.allAdmitted).isEqualTo(3);
    assertThat(fleet.nodes.getFirst().passOn(fleet.nodes.getLast())).isFalse();
  }

  @Test
  void whatever_happens_no_more_is_let_in_than_the_limit_and_a_bit() {
    for (int round = 0; round < 20; round++) {
      Random random = new Random(seed + round);
      long limit = 3 + random.nextLong(2000);
      FleetSimulation fleet =
          new FleetSimulation(seed + round, limits(limit, limit * 100, 1000), 3);
      double[] split = new double[3];
      long start = fleet.now;
      for (int part = 0; part < 12; part++) {
        for (int i = 0; i < 3; i++) {
          split[i] = random.nextInt(3) == 0 ? 0.01 : random.nextDouble();
        }
        FleetSimulation.Node victim = fleet.nodes.get(random.nextInt(3));
        if (random.nextInt(4) == 0) {
          fleet.kill(victim);
        } else {
          victim.diedAt = Long.MAX_VALUE;
        }
        if (fleet.nodes.stream().noneMatch(FleetSimulation.Node::isUp)) {
          victim.diedAt = Long.MAX_VALUE;
        }
        Duration time = Duration.ofSeconds(1 + random.nextInt(15));
        double rate = random.nextDouble() * limit / 60 * 4;
        fleet.load(time, rate, () -> fleet.any(split).ask(150, 100, 1, SECOND / 5));
      }
      double minutes = (fleet.now - start) / 60e9;
      assertThat((double) fleet.allAdmitted)
          .as("seed %d", seed + round)
          .isLessThanOrEqualTo(limit * (1 + minutes) * 1.05 + 3);
    }
  }

  private FleetSimulation fleet(
      @Nullable Number requests, @Nullable Long tokens, @Nullable Integer sequences) {
    return new FleetSimulation(seed, limits(requests, tokens, sequences), 3);
  }

  private static TenantLimits limits(
      @Nullable Number requests, @Nullable Long tokens, @Nullable Integer sequences) {
    return new TenantLimits(
        1, requests == null ? null : requests.longValue(), tokens, sequences, null, null);
  }
}
