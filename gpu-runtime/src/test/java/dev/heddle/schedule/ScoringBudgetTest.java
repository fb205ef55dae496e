package dev.heddle.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A prompt that is scored takes no more of a step than others can stand. */
class ScoringBudgetTest {
  private static final int STEP = 64;
  private static final int PROMPT = 150;

  private BatchScheduler scheduler;
  private final StepPlan plan = new StepPlan(8);

  private static final class Group extends SequenceGroup {
    Group(int prompt, boolean scores) {
      super("tenant", null, new int[prompt], 4, 1, scores, false);
    }
  }

  @Test
  void rows_that_cost_little_let_a_step_be_full() {
    assertThat(chunks(0.1, new Group(PROMPT, true))).containsExactly(64, 64, 22);
  }

  @Test
  void rows_as_dear_as_tokens_halve_what_a_step_takes() {
    // 1.15 * 64 / (1 + 1), and the last token's row is no score's
    assertThat(chunks(1, new Group(PROMPT, true))).containsExactly(36, 36, 36, 36, 6);
  }

  @Test
  void however_much_rows_cost_a_prompt_comes_to_its_end() {
    List<Integer> chunks = chunks(1000, new Group(PROMPT, true));
    assertThat(chunks.subList(0, 18)).containsOnly(8);
    assertThat(chunks.stream().mapToInt(n -> n).sum()).isEqualTo(PROMPT);
  }

  @Test
  void a_prompt_that_is_not_scored_is_not_held_up() {
    assertThat(chunks(1000, new Group(PROMPT, false))).containsExactly(64, 64, 22);
  }

  @Test
  void what_decoding_takes_of_a_step_scoring_leaves_to_it() {
    Group decoding = new Group(3, false);
    chunks(1, decoding);
    scheduler.append(decoding.sequence(0), 1);
    Group scored = new Group(PROMPT, true);
    scheduler.submit(scored);
    scheduler.schedule(plan);
    assertThat(plan.tokens(0)).as("decodes").isEqualTo(1);
    assertThat(plan.tokens(1)).as("1.15 * (64 - 1) / 2").isEqualTo(36);
  }

  /** What each step computes of a prompt until all of it is. */
  private List<Integer> chunks(double rowCost, Group group) {
    KvBlockPool pool = new KvBlockPool(32, 16);
    AdmissionGate open = any -> AdmissionGate.Answer.HELD;
    scheduler = new BatchScheduler(pool, open, tenant -> 1, STEP, 8, STEP, rowCost);
    scheduler.submit(group);
    List<Integer> chunks = new ArrayList<>();
    for (int done = 0; done < group.promptLength(); done += chunks.getLast()) {
      scheduler.schedule(plan);
      chunks.add(plan.tokens(0));
      scheduler.computed(plan);
    }
    scheduler.checkIntegrity();
    return chunks;
  }
}
