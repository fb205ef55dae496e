package dev.heddle.runtime;

import dev.heddle.experts.AdapterCatalog;
import dev.heddle.experts.ExpertBackend;
import dev.heddle.experts.ExpertLayout;
import dev.heddle.experts.ExpertWeightManager;
import dev.heddle.experts.ManualExecutor;
import dev.heddle.experts.ResidencyConfig;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.StepBatch;
import dev.heddle.model.StepModel;
import dev.heddle.ops.Precision;
import dev.heddle.schedule.KvBlockPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The step loop with its scheduler, its block pool and the residency of adapters, all of them real,
 * around any model, with simulated times of loads and a simulated clock; driven by one thread.
 */
final class LoopHarness {
  /** Sizes of everything that can run out. */
  record Sizes(
      int blocks,
      int blockTokens,
      int batchTokens,
      int sequences,
      int logitRows,
      int queue,
      int adapterRows,
      int adapterSlots) {
    static Sizes random(Random random) {
      int sequences = 1 + random.nextInt(8);
      return new Sizes(
          6 + random.nextInt(40),
          2 + random.nextInt(4),
          sequences + random.nextInt(24),
          sequences,
          sequences + random.nextInt(6),
          4 + random.nextInt(40),
          1 + random.nextInt(4),
          4 + random.nextInt(20));
    }

    int tokens() {
      return blocks * blockTokens;
    }

    int slots(ModelShape shape) {
      return ExpertLayout.of(shape).baseSlots() + adapterSlots;
    }
  }

  static final Duration QUEUE_WAIT = Duration.ofMillis(300);
  static final Duration LOAD_WAIT = Duration.ofMillis(400);

  private final ModelShape shape;
  final Random random;
  final ManualExecutor loaders = new ManualExecutor();
  final ExpertWeightManager experts;
  final KvBlockPool pool;
  final Inbox inbox;
  final StepMetrics metrics = new StepMetrics();
  final StepLoop loop;
  final RequestCheck check;
  long now;

  /** How long requests wait for their turn. */
  long patienceNanos = Long.MAX_VALUE;

  /** Runs when the loop looks at its clock: outside of what a step contains. */
  Runnable atClock = () -> {};

  <M extends StepModel & ExpertBackend> LoopHarness(
      Random random,
      Sizes sizes,
      ModelShape shape,
      M model,
      AdapterCatalog catalog,
      Supplier<Digest> base,
      ToDoubleFunction<String> weights,
      StepOutput.RowObserver observer) {
    this.random = random;
    this.shape = shape;
    inbox = new Inbox(sizes.queue, 4, Long.MAX_VALUE);
    experts =
        new ExpertWeightManager(
            ExpertLayout.of(shape),
            ResidencyConfig.of(sizes.slots(shape), sizes.adapterRows, LOAD_WAIT, 2),
            base,
            catalog,
            model,
            loaders,
            () -> now,
            inbox::wake);
    pool = new KvBlockPool(sizes.blocks, sizes.blockTokens);
    int blocksOfOne = Math.ceilDiv(shape.maxContext(), sizes.blockTokens);
    loop =
        new StepLoop(
            inbox,
            new QueueWait(QUEUE_WAIT),
            model,
            experts,
            pool,
            new StepBatch(sizes.batchTokens, sizes.sequences, sizes.logitRows, blocksOfOne),
            shape,
            config(sizes, weights),
            metrics,
            () -> {
              atClock.run();
              return now;
            },
            observer);
    check = new RequestCheck(shape, shape.maxContext(), sizes.sequences, sizes.tokens());
  }

  private static RuntimeConfig config(Sizes sizes, ToDoubleFunction<String> weights) {
    return new RuntimeConfig(
        "auto",
        0,
        Precision.STORED,
        0,
        sizes.batchTokens,
        sizes.sequences,
        sizes.logitRows,
        sizes.queue,
        QUEUE_WAIT,
        LOAD_WAIT,
        0,
        sizes.adapterRows,
        0,
        1,
        weights,
        ProcessMemory.NONE);
  }

  /**
   * Hands over a request as the facade does.
   *
   * @throws GenerationException if it is refused
   */
  SimulatedClient submit(GenerationRequest request) {
    check.check(request);
    SimulatedClient client = new SimulatedClient(metrics);
    client.generation =
        new Generation(
            request,
            client,
            shape.vocabulary(),
            () -> now,
            inbox::ring,
            new AnswerHeap(request, 0, refunded -> {}),
            request.collectsRouting() ? RoutingSums.of(shape) : null);
    loop.submit(client.generation, patienceNanos);
    return client;
  }

  void step() {
    now += 1 + random.nextInt(2_000_000);
    loop.step();
    loop.checkIntegrity();
  }

  /** Some piece of a load gets done, if there is any. */
  void load() {
    if (loaders.pending() > 0) {
      loaders.run(random.nextInt(loaders.pending()));
    }
  }

  /** Runs until nothing is left; there must be an end to it. */
  void settle() {
    for (int i = 0; inbox.inFlight() > 0; i++) {
      if (i > 200_000) {
        throw new AssertionError(
            "%d requests never end: %s, %d of %d blocks free, %s"
                .formatted(inbox.inFlight(), metrics, pool.free(), pool.blocks(), experts.stats()));
      }
      step();
      load();
    }
  }

  /** What is still taken with nothing in flight: should be nothing. */
  List<String> leftovers() {
    List<String> left = new ArrayList<>();
    note(left, pool.taken(), "KV blocks taken");
    note(left, inbox.queued(), "requests counted as queued");
    experts
        .stats()
        .residents()
        .forEach(resident -> note(left, resident.leases(), "leases of " + resident.adapter()));
    return left;
  }

  private static void note(List<String> left, int count, String what) {
    if (count != 0) {
      left.add(count + " " + what);
    }
  }
}
