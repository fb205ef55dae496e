package dev.heddle.runtime;

import dev.heddle.experts.AdapterCatalog;
import dev.heddle.experts.ExpertBackend;
import dev.heddle.experts.ExpertLayout;
import dev.heddle.experts.ExpertWeightManager;
import dev.heddle.experts.LoadPreview;
import dev.heddle.experts.ResidencyConfig;
import dev.heddle.experts.ResidencyStats;
import dev.heddle.experts.RoutingStats;
import dev.heddle.experts.RoutingTotals;
import dev.heddle.experts.SlotMap;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.MoeModel;
import dev.heddle.model.RoutingSink;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.RoutingTrace;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsProvider;
import dev.heddle.ops.Precision;
import dev.heddle.ops.packed.PackedStore;
import dev.heddle.ops.team.Niceness;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.schedule.KvBlockPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running engine. Requests come in by {@link #submit}; their tokens are read from {@link
 * Generation}. One platform thread, the step thread, owns the state. All methods may be called by
 * any other thread.
 */
public final class InferenceRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InferenceRuntime.class);

  /** Room in the inbox for commands that are not requests. */
  private static final int OTHER_COMMANDS = 256;

  private final ModelShape shape;
  private final Precision precision;
  private final MemoryPlan plan;
  private final boolean showsRouting;
  private final RequestCheck check;
  private final Inbox inbox;
  private final QueueWait wait;
  private final ExpertWeightManager experts;
  private final StepLoop loop;
  private final StepMetrics metrics;
  private final Ops ops;
  private final PackedStore kept;
  private final Thread thread;

  private InferenceRuntime(
      RuntimeConfig config,
      WeightSource base,
      Supplier<Digest> digest,
      AdapterCatalog catalog,
      MemoryPlan plan,
      Ops ops,
      PackedStore kept,
      StepOutput.@Nullable RowObserver observer) {
    this.shape = base.shape();
    this.kept = kept;
    this.precision = config.precision();
    this.plan = plan;
    this.ops = ops;
    this.check =
        new RequestCheck(
            shape, MemoryPlanner.context(config, shape), config.maxSequences(), plan.kvTokens());
    this.inbox =
        new Inbox(config.queueLimit(), OTHER_COMMANDS, Runtime.getRuntime().maxMemory() / 4);
    this.wait = new QueueWait(config.queueWait());
    this.metrics = new StepMetrics();
    String packing = ops.packing();
    if (packing != null) {
      ops.use(kept.open(digest.get() + " " + precision.label() + ", " + packing));
    }
    MoeModel model =
        MoeModel.load(base, ops, MemoryPlanner.limits(config, shape, plan), new LoadLog());
    kept.loaded();
    this.showsRouting = model.showsRouting();
    WarmUp.run(model);
    KvBlockPool pool = new KvBlockPool(plan.kvBlocks(), plan.blockTokens());
    this.experts = manager(config, shape, digest, catalog, plan, model, inbox);
    this.loop =
        new StepLoop(
            inbox,
            wait,
            model,
            experts,
            pool,
            model.newBatch(),
            shape,
            config,
            metrics,
            System::nanoTime,
            observer);
    this.thread = Thread.ofPlatform().name("heddle-step").daemon().unstarted(loop);
  }

  /**
   * Loads a base model and starts to serve it.
   *
   * @param base stays open as long as the runtime runs
   * @throws StartException if the memory budget does not hold the model, or the backend is unknown
   *     or cannot work here
   */
  public static InferenceRuntime start(
      RuntimeConfig config, ModelFolder base, AdapterCatalog catalog) {
    return start(config, base, catalog, PackedStore.none());
  }

  /**
   * As the other.
   *
   * @param kept where weights that the backend has packed are kept for the next start; owned from
   *     now on
   */
  public static InferenceRuntime start(
      RuntimeConfig config, ModelFolder base, AdapterCatalog catalog, PackedStore kept) {
    return start(config, WeightSource.of(base), base::digest, catalog, kept, null);
  }

  /** As the other; the observer sees every row of logits, on the step thread. */
  static InferenceRuntime start(
      RuntimeConfig config,
      ModelFolder base,
      AdapterCatalog catalog,
      StepOutput.RowObserver observer) {
    return start(
        config, WeightSource.of(base), base::digest, catalog, PackedStore.none(), observer);
  }

  /** As {@link #start(RuntimeConfig, ModelFolder, AdapterCatalog)}, with weights from anywhere. */
  public static InferenceRuntime start(
      RuntimeConfig config, WeightSource base, Supplier<Digest> digest, AdapterCatalog catalog) {
    return start(config, base, digest, catalog, PackedStore.none(), null);
  }

  private static InferenceRuntime start(
      RuntimeConfig config,
      WeightSource base,
      Supplier<Digest> digest,
      AdapterCatalog catalog,
      PackedStore kept,
      StepOutput.@Nullable RowObserver observer) {
    Ops ops = choose(config, base.shape());
    try {
      MemoryPlan plan = plan(config, base.shape(), ops);
      InferenceRuntime runtime =
          new InferenceRuntime(config, base, digest, catalog, plan, ops, kept, observer);
      runtime.thread.start();
      kept.keep();
      return runtime;
    } catch (Throwable e) {
      ops.close();
      throw e;
    }
  }

  /**
   * Whether a memory budget holds a model of this shape, found without its weights. Says nothing
   * where a device may compute, whose memory is not known before it is opened.
   *
   * @throws StartException if it does not
   */
  public static void checkMemory(RuntimeConfig config, ModelShape shape) {
    if (OpsProvider.isOnProcessor(config.backend())) {
      try {
        MemoryPlan.of(config, shape);
      } catch (IllegalArgumentException e) {
        throw new StartException(e);
      }
    }
  }

  private static Ops choose(RuntimeConfig config, ModelShape shape) {
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    try {
      return OpsProvider.choose(shape, config.precision(), config.backend(), threads);
    } catch (IllegalArgumentException e) {
      throw new StartException(e);
    }
  }

  private static MemoryPlan plan(RuntimeConfig config, ModelShape shape, Ops ops) {
    try {
      MemoryPlan plan = MemoryPlanner.plan(config, shape, ops.deviceMemory(), ops.maxSlots());
      log.info("{}", plan.table());
      return plan;
    } catch (IllegalArgumentException e) {
      throw new StartException(e);
    }
  }

  /**
   * Queues a request, which waits for its turn for {@link RuntimeConfig#queueWait} at most.
   *
   * @param listener told of everything that happens from now on, on the step thread
   * @throws GenerationException INVALID, CONTEXT_LENGTH, QUEUE_FULL or STOPPING
   */
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    check.check(request);
    wait.check(request.tenant());
    return submit(request, listener, wait.limitNanos());
  }

  /**
   * Refuses what a tenant would submit now, if it would wait longer than it may.
   *
   * @throws GenerationException QUEUE_FULL
   */
  public void checkQueue(String tenant) {
    wait.check(tenant);
  }

  /** As {@link #submit}, for work that has the time: it waits as long as its turn takes. */
  public Generation submitPatiently(GenerationRequest request, GenerationListener listener) {
    check.check(request);
    return submit(request, listener, Long.MAX_VALUE);
  }

  private Generation submit(
      GenerationRequest request, GenerationListener listener, long patienceNanos) {
    if (request.collectsRouting() && !showsRouting) {
      throw new GenerationException(
          GenerationException.Kind.INVALID,
          "the backend " + backend() + " does not show what routers decide");
    }
    long collected =
        switch (request.collected()) {
          case NOTHING -> 0;
          case SUMS -> RoutingSums.heapBytes(shape);
          case TRACE -> RoutingTrace.heapBytes(shape, request.prompt().length);
        };
    AnswerHeap heap = new AnswerHeap(request, collected, inbox::refund);
    inbox.charge(heap.charge());
    try {
      Generation generation =
          new Generation(
              request,
              listener,
              shape.vocabulary(),
              System::nanoTime,
              inbox::ring,
              heap,
              sink(request));
      loop.submit(generation, patienceNanos);
      return generation;
    } catch (Throwable e) { // it was not handed over
      inbox.refund(heap.charge());
      throw e;
    }
  }

  private @Nullable RoutingSink sink(GenerationRequest request) {
    return switch (request.collected()) {
      case NOTHING -> null;
      case SUMS -> RoutingSums.of(shape);
      case TRACE -> RoutingTrace.of(shape, request.prompt().length);
    };
  }

  /**
   * Loads an adapter ahead of its first request. It stays until the room is needed by others.
   *
   * @return completes when the adapter is resident, or with why it cannot be: an {@link
   *     dev.heddle.experts.AdapterLoadException} after {@code loadWait} at the latest, or a {@link
   *     GenerationException}
   */
  public CompletableFuture<Void> prefetch(Digest adapter) {
    return ask(() -> experts.prefetch(adapter));
  }

  /**
   * Loads an adapter and keeps it, used or not, until {@link #unpin} or {@link #unload}; the wish
   * is forgotten if the load fails.
   *
   * @return as {@link #prefetch}
   */
  public CompletableFuture<Void> pin(Digest adapter) {
    return ask(() -> experts.pin(adapter));
  }

  /** Lets an adapter leave when the room is needed; nothing happens to one that is not pinned. */
  public CompletableFuture<Void> unpin(Digest adapter) {
    return ask(() -> {
      experts.unpin(adapter);
      return CompletableFuture.completedFuture(null);
    });
  }

  /**
   * Lets an adapter leave, pinned or not, as soon as nothing uses it; requests that ask for it
   * meanwhile wait for its next load.
   *
   * @return completes when it has left, at once if it was not resident
   */
  public CompletableFuture<Void> unload(Digest adapter) {
    return ask(() -> experts.unload(adapter));
  }

  /**
   * What the load of an adapter with this many distinct experts, none of them resident, would do at
   * this moment; starts none.
   */
  public CompletableFuture<LoadPreview> previewLoad(int adapterExperts) {
    return ask(() -> CompletableFuture.completedFuture(experts.preview(adapterExperts)));
  }

  /** Has the step thread do something, and answers what it answers. */
  private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> command) {
    CompletableFuture<CompletableFuture<T>> asked = new CompletableFuture<>();
    if (!inbox.offer(() -> asked.complete(command.get()))) {
      asked.completeExceptionally(
          new GenerationException(
              inbox.refusing()
                  ? GenerationException.Kind.STOPPING
                  : GenerationException.Kind.QUEUE_FULL,
              "the runtime is stopping or overrun"));
    }
    return asked.thenCompose(future -> future);
  }

  public ModelShape shape() {
    return shape;
  }

  /** What weights are kept as. */
  public Precision precision() {
    return precision;
  }

  /** Most tokens of prompt and output together that a request may have. */
  public int maxContext() {
    return check.maxContext();
  }

  public MemoryPlan memoryPlan() {
    return plan;
  }

  /** Whether requests may ask where the routers send their tokens: not on every backend. */
  public boolean showsRouting() {
    return showsRouting;
  }

  /** Which backend computes. */
  public String backend() {
    return ops.name();
  }

  /**
   * Whether the step thread does its work: it lives, and has looked around within {@code limit}
   * while requests are in flight. True after {@link #close}, which is no failure.
   */
  public boolean isHealthy(Duration limit) {
    return loop.isHealthy(limit.toNanos());
  }

  /** How long the step thread has been in its present step, while requests are in flight. */
  public Duration stalled() {
    return Duration.ofNanos(loop.stalledNanos());
  }

  /** Which adapters are resident, and which are waited for. */
  public ResidencyStats residency() {
    return experts.stats();
  }

  /** Which resident adapters use which slots. */
  public SlotMap slots() {
    return experts.slots();
  }

  /**
   * Where the routers sent a resident adapter's tokens, as of at most about a second ago; null if
   * it is not resident. Never blocks the step thread.
   */
  public @Nullable RoutingStats routing(Digest adapter) {
    return experts.routing(adapter);
  }

  /** As {@link #routing}, of the base. */
  public RoutingStats baseRouting() {
    return experts.baseRouting();
  }

  /** As {@link #routing}, of the base and then of every resident adapter, in sums. */
  public List<RoutingTotals> routingTotals() {
    return experts.routingTotals();
  }

  /** What the runtime is doing. Never blocks the step thread. */
  public RuntimeStats stats() {
    ResidencyStats residency = experts.stats();
    int free = (int) metrics.get(Metric.BLOCKS_FREE);
    return new RuntimeStats(
        inbox.queued(),
        (int) metrics.get(Metric.RUNNING),
        (int) metrics.get(Metric.PREEMPTED),
        plan.kvBlocks(),
        plan.kvBlocks() - free,
        free,
        (int) metrics.get(Metric.BLOCKS_CACHED),
        plan.baseSlots() + plan.adapterSlots(),
        plan.baseSlots() + residency.slots() - residency.freeSlots(),
        residency.residents().size(),
        metrics.get(Metric.PREFIX_HIT_TOKENS),
        metrics.get(Metric.PREEMPTIONS),
        metrics.get(Metric.STEPS),
        metrics.get(Metric.PREFILLED),
        metrics.get(Metric.DECODED),
        metrics.stepTimes(),
        metrics.get(Metric.OUTPUT_NANOS),
        ops.deviceStats());
  }

  /**
   * Refuses new requests (STOPPING), lets those that were let in end, and closes. Those that have
   * not ended after {@code wait} fail with STOPPING.
   *
   * @return whether all have ended
   */
  public boolean drain(Duration wait) {
    inbox.refuse();
    join(wait);
    boolean ended = !thread.isAlive();
    close();
    return ended;
  }

  /** Stops after the step in progress; what has not ended fails with STOPPING. Idempotent. */
  @Override
  public synchronized void close() {
    loop.stop();
    join(Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000L));
    experts.close();
    inbox.runCommands(); // the step thread has ended; what came too late fails now
    kept.close();
    ops.close();
  }

  private void join(Duration wait) {
    boolean interrupted = false;
    long end = System.nanoTime() + wait.toNanos();
    while (thread.isAlive() && end - System.nanoTime() > 0) {
      try {
        thread.join(Duration.ofNanos(end - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true; // the step thread ends by itself, and memory it uses is freed after it
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExpertWeightManager manager(
      RuntimeConfig config,
      ModelShape shape,
      Supplier<Digest> digest,
      AdapterCatalog catalog,
      MemoryPlan plan,
      ExpertBackend backend,
      Inbox inbox) {
    ExecutorService loaders =
        Executors.newFixedThreadPool(
            config.loadThreads(),
            Niceness.factory(Thread.ofPlatform().name("heddle-load-", 0).daemon().factory()));
    return new ExpertWeightManager(
        ExpertLayout.of(shape),
        ResidencyConfig.of(
            plan.baseSlots() + plan.adapterSlots(),
            config.adapterRows(),
            config.loadWait(),
            config.loadThreads()),
        digest,
        catalog,
        backend,
        loaders,
        System::nanoTime,
        inbox::wake);
  }
}
