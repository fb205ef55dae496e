package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.runtime.LoopHarness.Sizes;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What goes wrong for one request is the trouble of that request. */
class ContainmentTest {
  private static final ModelShape SHAPE = Shapes.tiny();
  private static final Sizes SIZES = new Sizes(64, 4, 24, 2, 4, 20, 1, 20);

  private final Random random = new Random(8);
  private final SimulatedModel model =
      new SimulatedModel(SHAPE, SIZES.slots(SHAPE), 1, SIZES.blocks(), SIZES.blockTokens(), 4);
  private final SimulatedAdapters adapters = new SimulatedAdapters(SHAPE, 1, random);
  private final LoopHarness harness =
      new LoopHarness(
          random,
          SIZES,
          SHAPE,
          model,
          adapters,
          () -> SimulatedAdapters.BASE,
          tenant -> 1,
          (sequence, position, logits) -> {});

  @Test
  void a_failing_pass_fails_the_requests_of_its_step_and_the_loop_goes_on() {
    SimulatedClient first = submit(null);
    SimulatedClient second = submit(null);
    SimulatedClient waiting = submit(null);
    harness.step();
    model.passFailures = 1;
    harness.step();
    assertThat(first.failure.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(second.failure.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(harness.pool.taken()).isZero();
    harness.settle();
    assertThat(waiting.finished).isTrue();
  }

  @Test
  void when_the_loop_dies_everybody_is_told_those_too_that_it_has_not_looked_at() {
    SimulatedClient served = submit(null);
    SimulatedClient[] queued = new SimulatedClient[1];
    harness.atClock =
        () -> {
          queued[0] = submit(null);
          throw new IllegalStateException("the clock has stopped");
        };

    harness.loop.run();

    assertThat(served.failure.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(queued[0].over()).isTrue();
    assertThat(harness.inbox.inFlight()).isZero();
    assertThat(harness.loop.isHealthy(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void a_failing_row_fails_its_request_alone() {
    SimulatedClient first = submit(null);
    SimulatedClient second = submit(null);
    harness.step();
    model.rowFailures = 1;
    harness.step();
    assertThat(first.failure.kind()).isEqualTo(Kind.INTERNAL);
    harness.settle();
    assertThat(second.finished).isTrue();
  }

  @Test
  void who_waits_for_a_load_holds_nobody_up_and_fails_when_the_wait_is_over() {
    Digest adapter = adapters.digests().getFirst();
    SimulatedClient waiting = submit(adapter);
    SimulatedClient other = submit(null);
    while (!other.over()) {
      harness.step(); // and no load gets done
    }
    assertThat(other.finished).isTrue();
    assertThat(waiting.over()).isFalse();
    harness.now += LoopHarness.LOAD_WAIT.toNanos();
    harness.step();
    assertThat(waiting.failure.kind()).isEqualTo(Kind.ADAPTER_UNAVAILABLE);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void a_lost_load_is_told_in_time_behind_one_that_waits_for_blocks() {
    int all = SIZES.tokens();
    SimulatedClient running = submit(all - 20);
    harness.step();
    SimulatedClient blocked = submit(all - 20);
    SimulatedClient waiting = submit(adapters.digests().getFirst());
    harness.step(); // and no load gets done
    assertThat(blocked.admitted || waiting.over()).isFalse();
    harness.now += LoopHarness.LOAD_WAIT.toNanos() + 2_000_000;
    harness.step();
    assertThat(waiting.failure.kind()).isEqualTo(Kind.ADAPTER_UNAVAILABLE);
    assertThat(running.over() || blocked.over()).isFalse();
    running.generation.cancel();
    harness.settle();
    assertThat(blocked.finished).isTrue();
    assertThat(harness.leftovers()).isEmpty();
  }

  private SimulatedClient submit(int promptTokens) {
    return harness.submit(new RequestBuilder(new int[promptTokens]).build());
  }

  private SimulatedClient submit(Digest adapter) {
    return harness.submit(new RequestBuilder(new int[] {4, 5, 6}).adapter(adapter).build());
  }
}
