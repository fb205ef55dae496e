package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.runtime.LoopHarness.Sizes;
import dev.heddle.runtime.StepMetrics.Metric;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts whose routing is collected give way to everybody, and are counted all the same. */
class BackgroundTest {
  private static final ModelShape SHAPE = Shapes.tiny();

  @Test
  void alone_they_fill_every_step() {
    LoopHarness harness = harness(64, 24, 4);
    SimulatedClient first = text(harness, 30);
    SimulatedClient second = text(harness, 18);
    harness.step();
    harness.step();
    assertThat(first.finished && second.finished).isTrue();
    assertThat(harness.metrics.get(Metric.STEPS)).isEqualTo(2);
  }

  @Test
  void while_an_answer_runs_they_are_in_one_step_of_128() {
    LoopHarness harness = harness(128, 24, 4);
    SimulatedClient answer = answer(harness, 240);
    harness.step();
    SimulatedClient text = text(harness, 20);
    for (int i = 1; i < 128; i++) {
      harness.step();
      assertThat(text.admitted).as("step %d", i).isFalse();
      assertThat(harness.inbox.queued()).as("takes no room in the queue").isZero();
    }
    harness.step();
    assertThat(text.finished).as("all of it, beside the answer's token").isTrue();
    assertThat(answer.over()).isFalse();
    assertThat(answer.generation.choice(0).count()).as("a token in each step").isEqualTo(129);
  }

  @Test
  void who_needs_their_blocks_takes_them_and_no_token_is_counted_twice() {
    LoopHarness harness = harness(8, 4, 2);
    SimulatedClient text = text(harness, 30);
    harness.step();
    harness.step();
    assertThat(harness.metrics.get(Metric.PREFILLED)).isEqualTo(8);

    SimulatedClient answer = answer(harness, 6);
    harness.step();
    assertThat(answer.admitted).isTrue();
    harness.settle();
    assertThat(text.finished).isTrue();
    assertThat(text.generation.routing().tokens()).isEqualTo(30);
    assertThat(harness.metrics.get(Metric.PREFILLED)).as("8 twice").isEqualTo(30 + 8 + 12);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void who_needs_their_place_takes_it() {
    LoopHarness harness = harness(32, 4, 1);
    SimulatedClient text = text(harness, 30);
    harness.step();
    SimulatedClient answer = answer(harness, 6);
    harness.step();
    assertThat(answer.admitted).isTrue();
    harness.settle();
    assertThat(text.finished).isTrue();
  }

  @Test
  void they_neither_use_nor_fill_the_prefix_cache() {
    LoopHarness harness = harness(64, 24, 4);
    harness.submit(new RequestBuilder(new int[20]).build());
    harness.settle();
    harness.submit(GenerationRequest.routing("text", "tenant", new int[32]));
    harness.settle();
    assertThat(harness.metrics.get(Metric.PREFILLED)).isEqualTo(20 + 32);
    SimulatedClient longer = harness.submit(new RequestBuilder(new int[32]).build());
    harness.settle();
    assertThat(longer.generation.cachedPromptTokens()).as("of the answer's prompt").isEqualTo(20);
  }

  private static SimulatedClient text(LoopHarness harness, int length) {
    int[] tokens = harness.random.ints(length, 0, SHAPE.vocabulary()).toArray();
    return harness.submit(GenerationRequest.routing("text", "tenant", tokens));
  }

  private static SimulatedClient answer(LoopHarness harness, int tokens) {
    return harness.submit(new RequestBuilder(new int[12]).maxTokens(tokens).build());
  }

  /** KV blocks of four tokens. */
  private static LoopHarness harness(int blocks, int batchTokens, int sequences) {
    Random random = new Random(7);
    Sizes sizes = new Sizes(blocks, 4, batchTokens, sequences, sequences, 20, 1, 4);
    return new LoopHarness(
        random,
        sizes,
        SHAPE,
        new SimulatedModel(SHAPE, sizes.slots(SHAPE), 1, blocks, 4, sequences),
        new SimulatedAdapters(SHAPE, 1, random),
        () -> SimulatedAdapters.BASE,
        tenant -> 1,
        (sequence, position, logits) -> {});
  }
}
