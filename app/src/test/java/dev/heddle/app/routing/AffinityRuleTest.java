package dev.heddle.app.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.routing.AffinityRule.Candidate;
import dev.heddle.format.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rules that hold in every state, tried on many random ones. */
class AffinityRuleTest {
  private static final int STATES = 500;

  private final Random random = new Random(20261130);

  @Test
  void whoever_has_the_same_state_chooses_the_same() {
    for (int i = 0; i < STATES; i++) {
      List<Candidate> state = state(1 + random.nextInt(12), 60);
      Digest adapter = adapter();
      Candidate chosen = AffinityRule.choose(adapter, state);
      List<Candidate> otherOrder = new ArrayList<>(state);
      Collections.shuffle(otherOrder, random);
      assertThat(AffinityRule.choose(adapter, otherOrder)).isEqualTo(chosen);
    }
  }

  @Test
  void a_replica_that_leaves_moves_the_homes_of_its_own_adapters_alone() {
    for (int i = 0; i < STATES; i++) {
      List<Candidate> all = state(2 + random.nextInt(10), 0);
      Candidate leaving = all.get(random.nextInt(all.size()));
      List<Candidate> rest = new ArrayList<>(all);
      rest.remove(leaving);
      Digest adapter = adapter();
      Candidate before = AffinityRule.choose(adapter, all);
      Candidate after = AffinityRule.choose(adapter, rest);
      if (!before.equals(leaving)) {
        assertThat(after).isEqualTo(before);
      }
    }
  }

  @Test
  void a_replica_that_joins_takes_its_share_of_adapters_and_moves_no_others() {
    List<Candidate> three = List.of(idle(0), idle(1), idle(2));
    List<Candidate> four = List.of(idle(0), idle(1), idle(2), idle(3));
    int moved = 0;
    for (int i = 0; i < 4000; i++) {
      Digest adapter = adapter();
      Candidate now = AffinityRule.choose(adapter, four);
      if (!now.equals(AffinityRule.choose(adapter, three))) {
        assertThat(now).isEqualTo(idle(3));
        moved++;
      }
    }
    assertThat(moved).isBetween(850, 1150); // a quarter, five standard deviations
  }

  @Test
  void no_replica_that_is_chosen_gets_over_the_bound_and_one_is_always_left() {
    for (int i = 0; i < STATES; i++) {
      List<Candidate> state = state(1 + random.nextInt(12), 1 + random.nextInt(200));
      Candidate chosen = AffinityRule.choose(adapter(), state);
      double mean = (state.stream().mapToInt(Candidate::load).sum() + 1.0) / state.size();
      assertThat(chosen.load() + 1)
          .isLessThanOrEqualTo((int) Math.max(AffinityRule.ALWAYS_FREE, Math.ceil(1.25 * mean)));
    }
  }

  @Test
  void demand_for_one_adapter_alone_spreads_over_all_replicas() {
    Digest adapter = adapter();
    int[] loads = new int[4];
    for (int i = 0; i < 400; i++) {
      List<Candidate> state = new ArrayList<>();
      for (int r = 0; r < loads.length; r++) {
        state.add(new Candidate(new UUID(0, r), loads[r]));
      }
      loads[state.indexOf(AffinityRule.choose(adapter, state))]++;
    }
    for (int load : loads) {
      assertThat(load).isLessThanOrEqualTo(125);
    }
  }

  @Test
  void a_home_with_little_to_do_is_not_passed_over_for_an_idle_replica() {
    Digest adapter = adapter();
    List<Candidate> idle = List.of(idle(0), idle(1));
    UUID home = AffinityRule.choose(adapter, idle).id();
    List<Candidate> state =
        idle.stream()
            .map(each -> new Candidate(each.id(), each.id().equals(home) ? 7 : 0))
            .toList();
    assertThat(AffinityRule.choose(adapter, state).id()).isEqualTo(home);
  }

  /** What gateways, and replicas of other builds and machines, have to agree on. */
  @Test
  void the_home_of_an_adapter_stays_the_same_for_ever() {
    List<Candidate> replicas = List.of(idle(0), idle(1), idle(2));
    StringBuilder homes = new StringBuilder();
    for (int i = 0; i < 32; i++) {
      String hex = "%02x".formatted(i).repeat(32);
      homes.append(AffinityRule.choose(new Digest(hex), replicas).id().getLeastSignificantBits());
    }
    assertThat(homes).hasToString(HOMES);
  }

  private static final String HOMES = "10001001210201111111000222210202";

  private List<Candidate> state(int replicas, int most) {
    List<Candidate> state = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      state.add(new Candidate(new UUID(random.nextLong(), i), random.nextInt(most + 1)));
    }
    return state;
  }

  private static Candidate idle(int number) {
    return new Candidate(new UUID(0, number), 0);
  }

  private Digest adapter() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Digest.of(bytes);
  }
}
