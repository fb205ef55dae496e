package dev.heddle.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.ExpertPlan;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpertChoiceTest {
  private static final ExpertScores SCORES =
      new ExpertScores(
          10,
          List.of(
              new ExpertScores.Layer(
                  1, List.of(0.05, 0.0, 0.25, 0.05), List.of(0.3, 0.0, 0.4, 0.3)),
              new ExpertScores.Layer(3, List.of(0.1, 0.1, 0.1, 0.1), List.of(0.1, 0.2, 0.3, 0.4))));

  @Test
  void the_fewest_experts_whose_scores_reach_p_are_chosen_the_lower_of_equals_first() {
    assertThat(chosen(Relevance.TOKEN, 0.4)).isEqualTo(Map.of(1, List.of(2), 3, List.of(3)));
    assertThat(chosen(Relevance.TOKEN, 0.41)).isEqualTo(Map.of(1, List.of(0, 2), 3, List.of(2, 3)));
    assertThat(chosen(Relevance.GATE, 0.2)).isEqualTo(Map.of(1, List.of(2), 3, List.of(0, 1)));
  }

  @Test
  void a_sum_that_misses_p_by_rounding_takes_no_further_expert() {
    assertThat(chosen(Relevance.GATE, 0.3)) // 0.1 + 0.1 + 0.1, and 0.25 + 0.05
        .isEqualTo(Map.of(1, List.of(0, 2), 3, List.of(0, 1, 2)));
    assertThat(chosen(Relevance.TOKEN, 1))
        .isEqualTo(Map.of(1, List.of(0, 2, 3), 3, List.of(0, 1, 2, 3)));
  }

  @Test
  void a_layer_that_stays_below_p_gets_all_that_were_chosen_by_a_token_and_is_named() {
    ExpertChoice choice = ExpertChoice.of(SCORES, Relevance.GATE, 0.38);
    assertThat(choice.config().experts().get(1)).containsExactly(0, 2, 3);
    assertThat(choice.layersBelow()).containsExactly(1);
  }

  @Test
  void p_is_above_0_and_at_most_1() {
    for (double p : new double[] {0, -0.1, 1.01, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ExpertChoice.of(SCORES, Relevance.GATE, p));
    }
  }

  @Test
  void the_choice_is_an_adapters_configuration_with_its_slots_and_bytes() {
    ModelShape shape = Shapes.tiny(); // MoE layers 1 and 2
    ExpertScores scores =
        new ExpertScores(
            1,
            List.of(
                new ExpertScores.Layer(1, uniform(), uniform()),
                new ExpertScores.Layer(2, uniform(), uniform())));
    ExpertChoice choice = ExpertChoice.of(scores, Relevance.TOKEN, 0.25);
    ExpertPlan plan = choice.plan(shape);
    assertThat(plan.experts()).isEqualTo(4);
    assertThat(plan.bytes()).isEqualTo(4 * shape.expertElements() * 2);
    assertThat(ExpertConfig.parse(choice.config().json())).isEqualTo(choice.config());
  }

  private static List<Double> uniform() {
    return java.util.Collections.nCopies(8, 0.125);
  }

  private static Map<Integer, List<Integer>> chosen(Relevance relevance, double p) {
    ExpertChoice choice = ExpertChoice.of(SCORES, relevance, p);
    assertThat(choice.layersBelow()).isEmpty();
    return choice.config().experts();
  }
}
