package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryPlannerTest {
  private static final long GIB = 1L << 30;

  @Test
  void a_plan_never_spends_more_than_its_budget() {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      ModelShape shape = Shapes.random(random);
      long budget = (80L << 20) + random.nextLong(GIB);
      MemoryPlan plan = MemoryPlanner.plan(config(budget, random.nextInt(20)), shape);
      assertThat(plan.total()).as("draw %d", i).isLessThanOrEqualTo(budget);
      assertThat(plan.baseSlots()).isEqualTo(MemoryEstimate.baseSlots(shape));
      assertThat(plan.kvTokens()).isGreaterThanOrEqualTo(Math.min(shape.maxContext(), 256));
    }
  }

  @Test
  void a_small_model_commits_little_of_a_large_budget() {
    MemoryPlan plan = MemoryPlanner.plan(config(64 * GIB, 64), Shapes.tiny());
    assertThat(plan.adapterBytes() + plan.kvBytes()).isLessThan(GIB);
    assertThat(plan.adapterSlots()).as("a whole adapter fits").isGreaterThanOrEqualTo(20);
  }

  @Test
  void without_adapters_no_slots_are_set_aside_for_them() {
    assertThat(MemoryPlanner.plan(config(GIB, 0), Shapes.tiny()).adapterSlots()).isZero();
  }

  @Test
  void a_budget_that_cannot_hold_the_model_is_refused_with_what_it_takes() {
    assertThatThrownBy(() -> MemoryPlanner.plan(config(1 << 20, 4), Shapes.tiny()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1,048,576 bytes")
        .hasMessageContaining("it needs")
        .hasMessageContaining("for the base model");
  }

  @Test
  void a_budget_of_what_a_refusal_names_is_enough() {
    long least = 64L << 20;
    while (refused(least)) {
      least += 1 << 12;
    }
    MemoryPlan plan = MemoryPlanner.plan(config(least, 4), Shapes.tiny());
    assertThat(plan.kvBlocks()).isGreaterThanOrEqualTo(256 / ModelLimits.BLOCK_TOKENS);
  }

  @Test
  void without_a_budget_a_share_of_the_machine_is_taken_and_said_so() {
    MemoryPlan plan = MemoryPlanner.plan(config(0, 4), Shapes.tiny());
    assertThat(plan.budget()).isPositive();
    assertThat(plan.source()).contains("70 %");
    assertThat(plan.table()).contains("adapter experts", "KV cache", plan.kvTokens() + " tokens");
  }

  private static boolean refused(long budget) {
    try {
      MemoryPlanner.plan(config(budget, 4), Shapes.tiny());
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static RuntimeConfig config(long budget, int adapterRows) {
    return new RuntimeConfig(
        "reference", 1, budget, 256, 16, 16, 8, Duration.ofSeconds(1), 0, adapterRows, name -> 1);
  }
}
