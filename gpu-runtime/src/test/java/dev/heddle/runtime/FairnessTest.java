package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.runtime.LoopHarness.Sizes;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Who sends more does not get more, as long as others wait. */
class FairnessTest {
  private static final ModelShape SHAPE = Shapes.tiny();
  private static final int OUTPUT = 10;

  @Test
  void a_flooding_tenant_gets_no_more_than_its_share_while_another_waits() {
    LoopHarness harness = harness(tenant -> 1);
    List<SimulatedClient> flood = submit(harness, "flood", 150);
    List<SimulatedClient> modest = submit(harness, "modest", 40);
    runWhileWaiting(harness, modest);
    assertThat(admitted(flood)).isBetween(40 - 4, 40 + 4 + 4); // and the batch it found empty
  }

  @Test
  void a_tenant_of_twice_the_weight_gets_twice_as_much() {
    LoopHarness harness = harness(tenant -> tenant.equals("heavy") ? 2 : 1);
    List<SimulatedClient> light = submit(harness, "light", 100);
    List<SimulatedClient> heavy = submit(harness, "heavy", 80);
    runWhileWaiting(harness, heavy);
    assertThat(admitted(light)).isBetween(40 - 4, 40 + 8);
  }

  @Test
  void a_tenant_that_was_away_has_saved_up_no_claim() {
    LoopHarness harness = harness(tenant -> 1);
    List<SimulatedClient> early = submit(harness, "stays", 100);
    for (int i = 0; i < 200; i++) {
      harness.step();
    }
    int before = admitted(early);
    List<SimulatedClient> back = submit(harness, "returns", 20);
    runWhileWaiting(harness, back);
    assertThat(before).as("was served alone for long").isGreaterThan(30);
    assertThat(admitted(early) - before).as("goes on beside the other").isBetween(20 - 4, 20 + 4);
  }

  @Test
  void a_single_request_does_not_wait_for_the_flood_before_it() {
    LoopHarness harness = harness(tenant -> 1);
    List<SimulatedClient> flood = submit(harness, "flood", 180);
    for (int i = 0; i < 30; i++) {
      harness.step();
    }
    SimulatedClient single = submit(harness, "single", 1).getFirst();
    long steps = harness.metrics.get(Metric.STEPS);
    while (!single.over()) {
      harness.step();
    }
    assertThat(single.stepsQueued).as("one place had to become free").isLessThan(2 * OUTPUT);
    assertThat(harness.metrics.get(Metric.STEPS) - steps).isLessThan(4 * OUTPUT);
    assertThat(admitted(flood)).isLessThan(40);
  }

  @Test
  void who_floods_the_queue_is_refused_what_would_come_too_late_and_nobody_else_is() {
    LoopHarness harness = harness(tenant -> 1);
    harness.patienceNanos = LoopHarness.QUEUE_WAIT.toNanos();
    List<SimulatedClient> flood = submit(harness, "flood", 180);
    List<SimulatedClient> modest = new ArrayList<>();
    while (harness.inbox.inFlight() > 0 || modest.size() < 5) {
      if (modest.stream().allMatch(SimulatedClient::over)) {
        modest.addAll(submit(harness, "modest", 1));
      }
      harness.step();
    }
    assertThat(modest).allMatch(client -> client.finished);
    assertThat(flood).allMatch(client -> client.finished || refusedForTime(client));
    assertThat(flood.stream().filter(FairnessTest::refusedForTime)).hasSizeBetween(20, 160);
    assertThat(flood.stream().filter(client -> client.admitted))
        .as("nobody was admitted who had waited too long")
        .allMatch(client -> client.generation.queueNanos() <= harness.patienceNanos + 20_000_000);
    assertThat(harness.leftovers()).isEmpty();
  }

  private static boolean refusedForTime(SimulatedClient client) {
    return client.failure != null && client.failure.kind() == GenerationException.Kind.QUEUE_FULL;
  }

  @Test
  void a_request_of_many_choices_leaves_no_rows_idle_and_is_not_passed_for_ever() {
    LoopHarness harness = harness(tenant -> 1);
    submit(harness, "first", 1);
    harness.step();
    SimulatedClient wide =
        harness.submit(new RequestBuilder(new int[12]).tenant("wide").choices(4).build());
    List<SimulatedClient> others = submit(harness, "others", 60);
    harness.step();
    harness.step();
    assertThat(admitted(others)).as("rows that the wide one cannot fill").isEqualTo(3);
    while (!wide.admitted) {
      harness.step();
    }
    assertThat(admitted(others)).as("went ahead of it, as many as there are rows").isEqualTo(4);
  }

  @Test
  void tokens_are_shared_evenly_at_every_moment_though_requests_differ_in_size() {
    LoopHarness harness = harness(tenant -> 1);
    List<SimulatedClient> small = submit(harness, "small", 120);
    List<SimulatedClient> large = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      large.add(
          harness.submit(
              new RequestBuilder(new int[12]).tenant("large").maxTokens(4 * OUTPUT).build()));
    }
    int most = 12 + 2 * 4 * OUTPUT; // what the largest request costs
    for (int step = 0; step < 300; step++) {
      harness.step();
      int difference = cost(small) - cost(large);
      assertThat(Math.abs(difference)).as("step %d", step).isLessThan(5 * most);
    }
    assertThat(cost(small)).isGreaterThan(10 * most);
  }

  /** What a tenant was served, as its counter has it: prompt tokens, and twice the others. */
  private static int cost(List<SimulatedClient> clients) {
    return clients.stream()
        .filter(client -> client.admitted)
        .mapToInt(client -> 12 + 2 * client.generation.choice(0).count())
        .sum();
  }

  /** All of one size, so that shares of tokens are shares of requests; four run at once. */
  private static List<SimulatedClient> submit(LoopHarness harness, String tenant, int count) {
    List<SimulatedClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = harness.random.ints(12, 0, SHAPE.vocabulary()).toArray();
      clients.add(
          harness.submit(
              new GenerationRequest(
                  tenant + i,
                  tenant,
                  null,
                  prompt,
                  OUTPUT,
                  1,
                  true,
                  -1,
                  -1,
                  SamplingParams.GREEDY)));
    }
    return clients;
  }

  private static void runWhileWaiting(LoopHarness harness, List<SimulatedClient> clients) {
    while (admitted(clients) < clients.size()) {
      harness.step();
    }
  }

  private static int admitted(List<SimulatedClient> clients) {
    return (int) clients.stream().filter(client -> client.admitted).count();
  }

  private static LoopHarness harness(ToDoubleFunction<String> weights) {
    Random random = new Random(3);
    Sizes sizes = new Sizes(64, 4, 24, 4, 4, 200, 1, 4);
    return new LoopHarness(
        random,
        sizes,
        SHAPE,
        new SimulatedModel(SHAPE, sizes.slots(SHAPE), 1, 64, 4, 4),
        new SimulatedAdapters(SHAPE, 1, random),
        () -> SimulatedAdapters.BASE,
        weights,
        (sequence, position, logits) -> {});
  }
}
