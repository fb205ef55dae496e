package dev.heddle.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.schedule.AdmissionGate.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a step computes, rule by rule; {@code SimulationTest} tries them all together. */
class BatchSchedulerTest {
  private static final int BLOCK = 4;
  private static final int STEP = 16;
  private static final int SEQUENCES = 4;

  private final Map<SequenceGroup, Answer> answers = new HashMap<>();
  private final StepPlan plan = new StepPlan(SEQUENCES);
  private BatchScheduler scheduler = scheduler(64);

  private static final class Request extends SequenceGroup {
    final String name;

    Request(String name, int prompt, int choices) {
      // Of one tenant, in order of arrival; prompts differ, so that no prefix is shared.
      super("tenant", null, tokens(name, prompt), 32, choices, false, false);
      this.name = name;
    }

    private static int[] tokens(String name, int count) {
      int[] tokens = new int[count];
      Arrays.fill(tokens, name.hashCode());
      return tokens;
    }
  }

  private BatchScheduler scheduler(int blocks) {
    AdmissionGate gate = group -> answers.getOrDefault(group, Answer.HELD);
    return new BatchScheduler(
        new KvBlockPool(blocks, BLOCK), gate, tenant -> 1, STEP, SEQUENCES, STEP, 0.1);
  }

  @AfterEach
  void blocks_and_places_add_up() {
    scheduler.checkIntegrity();
  }

  @Test
  void sequences_that_decode_come_first_then_prompts_in_chunks() {
    Request decoding = submit("decoding", 3, 1);
    assertThat(step()).containsExactly("decoding 3");
    draw(decoding);
    submit("long", 20, 1);
    submit("short", 2, 1);
    assertThat(step()).containsExactly("decoding 1", "long 15");
    draw(decoding);
    assertThat(step()).containsExactly("decoding 1", "long 5", "short 2");
  }

  @Test
  void a_request_that_waits_for_weights_is_passed_by_others() {
    Request loading = submit("loading", 3, 1);
    answers.put(loading, Answer.WAIT);
    submit("ready", 3, 1);
    assertThat(step()).containsExactly("ready 3");
    assertThat(scheduler.waiting()).isEqualTo(1);
    answers.put(loading, Answer.HELD);
    assertThat(step()).contains("loading 3");
  }

  @Test
  void a_request_that_waits_for_blocks_is_passed_by_nobody() {
    scheduler = scheduler(7);
    Request first = submit("first", 16, 1);
    step();
    submit("large", 12, 1);
    submit("small", 1, 1);
    draw(first);
    assertThat(step()).as("two blocks are free: enough for small alone").containsExactly("first 1");
    scheduler.end(first);
    assertThat(step()).containsExactly("large 12", "small 1");
  }

  @Test
  void a_request_whose_weights_will_never_come_leaves_the_queue() {
    Request refused = submit("refused", 3, 2);
    answers.put(refused, Answer.REFUSED);
    assertThat(step()).isEmpty();
    assertThat(refused.ended()).isTrue();
    assertThat(scheduler.waiting()).isZero();
  }

  @Test
  void who_came_last_gives_its_blocks_up_and_is_computed_again_before_new_requests() {
    scheduler = scheduler(3);
    Request first = submit("first", 4, 1);
    Request last = submit("last", 4, 1);
    assertThat(step()).containsExactly("first 4", "last 4");
    draw(first);
    draw(last);
    Request next = submit("next", 1, 1);
    assertThat(step()).as("one block is free, and two are needed").containsExactly("first 1");
    assertThat(scheduler.preempted()).isEqualTo(1);
    assertThat(next.admitted()).isFalse();
    scheduler.end(first);
    assertThat(step()).as("its full block was kept").containsExactly("last 1");
    assertThat(scheduler.preempted()).isZero();
    scheduler.end(last);
    assertThat(step()).containsExactly("next 1");
  }

  @Test
  void choices_share_their_prompts_blocks_until_they_write() {
    Request request = submit("request", 6, 3);
    assertThat(step()).as("the prompt is computed once").containsExactly("request 6");
    assertThat(scheduler.fork(request)).isTrue();
    assertThat(scheduler.fork(request)).as("again").isFalse();
    for (int choice = 0; choice < 3; choice++) {
      scheduler.append(request.sequence(choice), choice);
    }
    assertThat(step()).containsExactly("request 1", "request 1", "request 1");
    assertThat(plan.copies()).as("the last writer has the block alone").isEqualTo(2);
    assertThat(request.sequence(0).blocks().get(0)).isEqualTo(request.sequence(2).blocks().get(0));
    assertThat(request.sequence(0).blocks().get(1))
        .isNotEqualTo(request.sequence(2).blocks().get(1));
  }

  @Test
  void a_wide_request_is_passed_as_long_as_the_limit_of_sequences_allows() {
    submit("one", 1, 1);
    step();
    Request wide = submit("wide", 1, SEQUENCES);
    int passed = 0;
    for (int i = 0; i < 2 * SEQUENCES; i++) {
      Request narrow = submit("narrow" + i, 1, 1);
      step();
      passed += narrow.admitted() ? 1 : 0;
      scheduler.end(narrow);
    }
    assertThat(wide.admitted()).isFalse();
    assertThat(passed).isEqualTo(SEQUENCES);
  }

  @Test
  void what_ends_frees_its_place_wherever_it_stands() {
    Request queued = submit("queued", 3, 2);
    scheduler.end(queued);
    Request running = submit("running", 3, SEQUENCES);
    step();
    scheduler.end(running);
    assertThat(scheduler.waiting() + scheduler.reserved()).isZero();
    assertThat(step()).isEmpty();
  }

  private Request submit(String name, int prompt, int choices) {
    Request request = new Request(name, prompt, choices);
    scheduler.submit(request);
    return request;
  }

  private void draw(Request request) {
    scheduler.append(request.sequence(0), 1);
  }

  /** Computes a step; which requests it computed, and how many tokens of each. */
  private List<String> step() {
    scheduler.schedule(plan);
    List<String> computed = new ArrayList<>();
    for (int i = 0; i < plan.size(); i++) {
      computed.add(((Request) plan.sequence(i).group()).name + " " + plan.tokens(i));
    }
    scheduler.computed(plan);
    scheduler.checkIntegrity();
    return computed;
  }
}
