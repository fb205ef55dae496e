package dev.heddle.runtime;

import dev.heddle.experts.ExpertLayout;
import dev.heddle.experts.ExpertWeightManager;
import dev.heddle.experts.ResidencyConfig;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.StepBatch;
import dev.heddle.sample.SamplingParams;
import dev.heddle.schedule.KvBlockPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * The step loop, its scheduler, the block pool and the residency of adapters, all of them real,
 * around a simulated model, simulated loads and a simulated clock; driven by one thread.
 */
final class Simulation {
  /** Sizes of everything that can run out. */
  record Sizes(
      int blocks,
      int blockTokens,
      int batchTokens,
      int sequences,
      int logitRows,
      int queue,
      int adapters,
      int adapterRows,
      int adapterSlots) {
    static Sizes random(Random random) {
      int sequences = 1 + random.nextInt(8);
      return new Sizes(
          8 + random.nextInt(40),
          2 + random.nextInt(4),
          sequences + random.nextInt(24),
          sequences,
          sequences + random.nextInt(6),
          4 + random.nextInt(40),
          1 + random.nextInt(8),
          1 + random.nextInt(4),
          4 + random.nextInt(20));
    }
  }

  static final Duration LOAD_WAIT = Duration.ofMillis(400);

  final ModelShape shape = Shapes.tiny();
  final Random random;
  final Sizes sizes;
  final SimulatedAdapters adapters;
  final SimulatedModel model;
  final ManualExecutor loaders = new ManualExecutor();
  final ExpertWeightManager experts;
  final KvBlockPool pool;
  final Inbox inbox;
  final StepMetrics metrics = new StepMetrics();
  final StepLoop loop;
  final RequestCheck check;
  long now;
  private int requests;

  Simulation(Random random, Sizes sizes, ToDoubleFunction<String> weights) {
    this.random = random;
    this.sizes = sizes;
    adapters = new SimulatedAdapters(shape, sizes.adapters, random);
    ExpertLayout layout = ExpertLayout.of(shape);
    int slots = layout.baseSlots() + sizes.adapterSlots;
    model =
        new SimulatedModel(
            shape, slots, sizes.adapterRows, sizes.blocks, sizes.blockTokens, sizes.logitRows);
    inbox = new Inbox(sizes.queue, 4);
    experts =
        new ExpertWeightManager(
            layout,
            ResidencyConfig.of(slots, sizes.adapterRows, LOAD_WAIT),
            () -> SimulatedAdapters.BASE,
            adapters,
            model,
            loaders,
            () -> now,
            inbox::wake);
    pool = new KvBlockPool(sizes.blocks, sizes.blockTokens);
    RuntimeConfig config =
        new RuntimeConfig(
            "auto",
            0,
            0,
            sizes.batchTokens,
            sizes.sequences,
            sizes.logitRows,
            sizes.queue,
            LOAD_WAIT,
            0,
            sizes.adapterRows,
            weights);
    StepBatch batch =
        new StepBatch(sizes.batchTokens, sizes.sequences, sizes.logitRows, sizes.blocks + 1);
    loop =
        new StepLoop(
            inbox,
            model,
            experts,
            pool,
            batch,
            shape,
            config,
            metrics,
            () -> now,
            (sequence, position, logits) -> {});
    check =
        new RequestCheck(
            shape.vocabulary(),
            shape.maxContext(),
            sizes.sequences,
            (long) sizes.blocks * sizes.blockTokens);
  }

  /**
   * Hands over a request as the facade does.
   *
   * @throws GenerationException if it is refused
   */
  SimulatedClient submit(GenerationRequest request) {
    check.check(request);
    SimulatedClient client = new SimulatedClient(metrics);
    client.generation = new Generation(request, client, shape.vocabulary(), () -> now, inbox::ring);
    loop.submit(client.generation);
    return client;
  }

  /** A request that mostly fits, with a prompt that others may have begun alike. */
  GenerationRequest randomRequest() {
    int most = Math.min(check.maxContext() + 2, 90);
    int length = 1 + random.nextInt(random.nextInt(8) == 0 ? most : Math.min(most, 24));
    int family = random.nextInt(3);
    int same = random.nextInt(30);
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = i < same ? (family * 31 + i * 7) % 96 : random.nextInt(96);
    }
    List<Digest> all = adapters.digests();
    Digest adapter = random.nextInt(3) == 0 ? null : all.get(random.nextInt(all.size()));
    int choices = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
    int maxTokens = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(16);
    int promptLogprobs = random.nextInt(6) == 0 ? random.nextInt(3) : -1;
    SamplingParams sampling =
        random.nextInt(4) == 0
            ? SamplingParams.GREEDY
            : new SamplingParams(1, 0, 1, 0, 1, 0, 0.5f, Map.of(), random.nextLong());
    return new GenerationRequest(
        "r" + requests++,
        "tenant" + random.nextInt(4),
        adapter,
        prompt,
        maxTokens,
        choices,
        random.nextBoolean(),
        random.nextInt(3) - 1,
        promptLogprobs,
        sampling);
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
      loaders.runOne(random);
    }
  }

  void step() {
    now += 1 + random.nextInt(2_000_000);
    loop.step();
    loop.checkIntegrity();
  }

  /** With nothing in flight everything but what caches keep is free. */
  List<String> leftovers() {
    List<String> left = new ArrayList<>();
    note(left, pool.taken(), "KV blocks taken");
    note(left, inbox.queued(), "requests counted as queued");
    note(left, adapters.openSources(), "adapter sources open");
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
