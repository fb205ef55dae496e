package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.runtime.LoopHarness.Sizes;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenRules;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class StepAllocationTest {
  private static final Logger log = LoggerFactory.getLogger(StepAllocationTest.class);

  /** Asked for once: that allocates. */
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int WARM_UP = 600;
  private static final int STEPS = 1_000;
  private static final int BATCH = 6;

  /** All of them, none of which ends an answer. */
  private static final TokenRules RULES = rules();

  /** The loop's own share: what backends allocate is theirs to show. */
  @Test
  void a_decode_step_allocates_nothing_but_an_answers_next_chunk_now_and_then() {
    ModelShape shape = longContext(Shapes.tiny());
    Sizes sizes = new Sizes(BATCH * 130, 16, 64, BATCH, 8, 16, 2, 40);
    Random random = new Random(1);
    SimulatedAdapters adapters = new SimulatedAdapters(shape, 1, random);
    LoopHarness harness =
        new LoopHarness(
            random,
            sizes,
            shape,
            new SimulatedModel(shape, sizes.slots(shape), 2, sizes.blocks(), 16, 8),
            adapters,
            () -> SimulatedAdapters.BASE,
            tenant -> 1,
            (sequence, position, logits) -> {});
    long charged = 0;
    for (int i = 0; i < BATCH; i++) {
      GenerationRequest request = request(i, i % 2 == 0 ? null : adapters.digests().getFirst());
      charged += new AnswerHeap(request, 0, bytes -> {}).charge();
      harness.submit(request);
    }
    while (harness.inbox.queued() > 0) {
      harness.step();
      harness.load();
    }
    run(harness, WARM_UP);
    long decoded = harness.metrics.get(Metric.DECODED);
    long before = allocated();
    int allocating = run(harness, STEPS);
    long bytes = allocated() - before;
    log.info("{} bytes in {} of {} steps, {} sequences", bytes, allocating, STEPS, BATCH);
    assertThat(harness.metrics.get(Metric.DECODED) - decoded)
        .as("every step decoded every sequence")
        .isEqualTo((long) BATCH * STEPS);
    // Each sequence begins a chunk in one of 128 steps, and doubles a table once or twice.
    assertThat(allocating).as("steps that allocate").isLessThan(STEPS / 10);
    // The JVM itself allocates some hundred bytes now and then.
    assertThat(bytes).as("bytes in %d steps", STEPS).isLessThan(8L * STEPS + charged);
    harness.experts.close();
  }

  private static TokenRules rules() {
    BitSet stops = new BitSet();
    stops.set(5);
    BitSet allowed = new BitSet();
    allowed.set(6, Shapes.tiny().vocabulary());
    return new TokenRules(2000, stops, allowed, List.of(new int[] {7, 8, 9}, new int[] {10}));
  }

  /** Runs steps; how many of them allocated anything. */
  private static int run(LoopHarness harness, int steps) {
    int allocating = 0;
    long before = allocated();
    for (int i = 0; i < steps; i++) {
      harness.now++;
      harness.loop.step();
      long after = allocated();
      allocating += after == before ? 0 : 1;
      before = after;
    }
    return allocating;
  }

  private static GenerationRequest request(int index, Digest adapter) {
    SamplingParams sampling =
        index < 3
            ? SamplingParams.GREEDY
            : new SamplingParams(1, 20, 0.9f, 0.01f, 1.1f, 0.1f, 0.1f, Map.of(3, 1f), index)
                .withRules(RULES);
    int[] prompt = {2, 3, 4, 5, 6, 7, index};
    return new GenerationRequest(
        "r" + index, "tenant" + index % 2, adapter, prompt, 2000, 1, true, 2, -1, sampling);
  }

  private static ModelShape longContext(ModelShape shape) {
    return new ModelShape(
        shape.family(),
        shape.dtype(),
        shape.vocabulary(),
        shape.hidden(),
        shape.layers(),
        shape.heads(),
        shape.attention(),
        shape.denseIntermediate(),
        shape.experts(),
        shape.rope(),
        shape.rmsNormEps(),
        shape.latentNormEps(),
        shape.tiedEmbeddings(),
        2048,
        shape.bosToken(),
        shape.eosTokens());
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
