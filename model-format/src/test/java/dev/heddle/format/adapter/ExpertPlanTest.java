package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Json;
import dev.heddle.format.testing.Refusals;
import dev.heddle.format.testing.Shapes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layer 0 of the tiny base is dense; layers 1 and 2 have 8 experts and 2 shared. */
class ExpertPlanTest {
  private static final BaseExperts BASE = BaseExperts.of(Shapes.tiny());

  @Test
  void tuned_experts_are_counted_by_layer_shared_ones_in_every_layer_that_has_them() {
    ExpertPlan plan = plan("{\"1\":[3,5,7]}", true);

    assertThat(plan.layers())
        .containsExactly(new ExpertPlan.Layer(1, 3, 2), new ExpertPlan.Layer(2, 0, 2));
    assertThat(plan.experts()).isEqualTo(7);
    assertThat(plan.bytes()).isEqualTo(7 * 3 * 16 * 32 * 2);
    assertThat(plan("{\"2\":[0]}", false).layers())
        .isEqualTo(List.of(new ExpertPlan.Layer(2, 1, 0)));
  }

  @Test
  void everything_that_the_base_lacks_is_named() {
    assertThat(Refusals.codes(() -> plan("{\"0\":[1],\"1\":[3,99],\"7\":[0],\"x\":[1]}", false)))
        .containsExactlyInAnyOrder(
            "bad-layer", "not-moe-layer", "expert-out-of-range", "layer-out-of-range");
    assertThat(Refusals.codes(() -> plan("{}", false))).containsExactly("nothing-tuned");
  }

  private static ExpertPlan plan(String experts, boolean shared) {
    String json =
        "{\"experts\":%s,\"shared_experts\":%s,\"non_expert_modules\":false}"
            .formatted(experts, shared);
    return ExpertPlan.of(Json.parse(json, ExpertConfig.FILE), BASE);
  }
}
