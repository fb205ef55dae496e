package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final int KEYS = 20_000;
  private static final UUID TENANT = new UUID(1, 2);
  private static final OwnedName NAME = new OwnedName(new UUID(3, 4), "intent");

  @Test
  void versions_answer_by_their_share_of_the_weights() {
    int[] weights = {90, 9, 1};
    int[] answered = new int[weights.length + 1];
    for (int number : picks(weights)) {
      answered[number]++;
    }
    for (int i = 0; i < weights.length; i++) {
      // Five standard deviations of a count; the keys, and so the counts, are always the same.
      double share = weights[i] / 100.0;
      double slack = 5 * Math.sqrt(KEYS * share * (1 - share));
      assertThat((double) answered[i + 1]).isCloseTo(KEYS * share, within(slack));
    }
  }

  @Test
  void more_weight_for_one_version_moves_keys_to_it_and_to_no_other() {
    assertMoves(new int[] {50, 30, 20}, new int[] {50, 80, 20}, 2, true);
  }

  @Test
  void less_weight_for_one_version_moves_keys_away_from_it_alone() {
    assertMoves(new int[] {50, 30, 20}, new int[] {50, 10, 20}, 2, false);
  }

  @Test
  void a_version_that_is_added_takes_keys_and_moves_no_others() {
    assertMoves(new int[] {50, 50}, new int[] {50, 50, 25}, 3, true);
  }

  @Test
  void all_weights_times_the_same_move_nothing() {
    assertThat(picks(5, 3, 2)).isEqualTo(picks(500_000, 300_000, 200_000));
  }

  @Test
  void neither_the_tenant_nor_the_name_has_to_do_with_the_choice_for_another() {
    List<Weighted> choices = choices(1, 1);
    int same = 0;
    for (int i = 0; i < KEYS; i++) {
      VersionRef one = Rendezvous.pick(choices, TENANT, NAME, "key-" + i);
      VersionRef other = Rendezvous.pick(choices, NAME.owner(), NAME, "key-" + i);
      same += one.equals(other) ? 1 : 0;
    }
    assertThat(same).isBetween(KEYS * 45 / 100, KEYS * 55 / 100);
  }

  /** What replicas of other builds and machines have to agree on. */
  @Test
  void the_choice_for_a_key_stays_the_same_for_ever() {
    StringBuilder numbers = new StringBuilder();
    for (int i = 0; i < 32; i++) {
      numbers.append(Rendezvous.pick(choices(3, 2, 1), TENANT, NAME, "user-" + i).number());
    }
    assertThat(numbers).hasToString(FIRST_CHOICES);
  }

  private static final String FIRST_CHOICES = "11321111111331121211222112122121";

  private static void assertMoves(int[] before, int[] after, int changed, boolean gains) {
    List<Integer> then = picks(before);
    List<Integer> now = picks(after);
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      if (!then.get(i).equals(now.get(i))) {
        moved++;
        assertThat(gains ? now.get(i) : then.get(i)).isEqualTo(changed);
      }
    }
    assertThat(moved).isPositive();
  }

  /** The version's number for each of many keys. */
  private static List<Integer> picks(int... weights) {
    List<Weighted> choices = choices(weights);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      numbers.add(Rendezvous.pick(choices, TENANT, NAME, "key-" + i).number());
    }
    return numbers;
  }

  private static List<Weighted> choices(int... weights) {
    List<Weighted> choices = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      VersionRef version =
          new VersionRef(
              new UUID(7, i),
              NAME.owner(),
              "owner",
              "intent",
              i + 1,
              new Digest("ab".repeat(32)),
              1,
              Instant.EPOCH);
      choices.add(new Weighted(version, weights[i]));
    }
    return choices;
  }
}
