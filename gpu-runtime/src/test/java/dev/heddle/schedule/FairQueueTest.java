package dev.heddle.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final class Group extends SequenceGroup {
    Group(String tenant) {
      super(tenant, null, new int[] {1}, 1, 1, false, false);
    }
  }

  @Test
  void tokens_served_while_all_wait_are_in_proportion_to_the_weights() {
    Map<String, Integer> weights = Map.of("one", 1, "three", 3, "ten", 10);
    FairQueue queue = new FairQueue(weights::get);
    Map<String, Long> served = new HashMap<>();
    Random random = new Random(5);
    for (String tenant : weights.keySet()) {
      for (int i = 0; i < 2000; i++) {
        queue.add(new Group(tenant));
      }
    }
    for (int i = 0; i < 2000; i++) {
      String tenant = queue.peek().tenant();
      int tokens = 1 + random.nextInt(100);
      queue.charge(tenant, tokens);
      queue.poll();
      queue.add(new Group(tenant));
      served.merge(tenant, (long) tokens, Long::sum);
    }
    double share = served.get("one");
    assertThat(served.get("three") / share).isBetween(2.9, 3.1);
    assertThat(served.get("ten") / share).isBetween(9.7, 10.3);
  }

  @Test
  void a_changed_weight_counts_from_the_next_request_on() {
    Map<String, Integer> weights = new HashMap<>(Map.of("a", 1, "b", 1));
    FairQueue queue = new FairQueue(weights::get);
    queue.add(new Group("a"));
    queue.add(new Group("b"));
    weights.put("a", 4);
    queue.charge("a", 40);
    queue.charge("b", 30);
    assertThat(queue.peek().tenant()).as("40 against 30").isEqualTo("b");
    queue.add(new Group("a"));
    queue.charge("a", 40);
    queue.charge("b", 30);
    assertThat(queue.peek().tenant()).as("50 against 60").isEqualTo("a");
  }

  @Test
  void a_newcomer_starts_from_what_a_tenant_served_alone_has_been_charged_since() {
    FairQueue queue = new FairQueue(tenant -> 1);
    queue.add(new Group("alone"));
    queue.peek();
    queue.poll();
    queue.charge("alone", 1000);

    queue.add(new Group("newcomer"));
    queue.add(new Group("alone"));
    queue.charge("newcomer", 1);

    assertThat(queue.peek().tenant()).isEqualTo("alone");
  }

  @Test
  void a_tenant_that_comes_when_many_are_remembered_is_charged_and_can_leave() {
    FairQueue queue = new FairQueue(tenant -> 1);
    for (int i = 0; i < 3000; i++) {
      Group passing = new Group("passing" + i);
      queue.add(passing);
      assertThat(queue.remove(passing)).as("tenant %d", i).isTrue();
    }
    Group first = new Group("first");
    queue.add(first);
    queue.add(new Group("second"));
    queue.charge("first", 1);
    assertThat(queue.peek().tenant()).isEqualTo("second");
    assertThat(queue.remove(first)).isTrue();
    assertThat(queue.size()).isEqualTo(1);
  }
}
