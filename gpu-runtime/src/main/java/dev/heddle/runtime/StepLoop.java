package dev.heddle.runtime;

import dev.heddle.experts.ExpertWeightManager;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.StepBatch;
import dev.heddle.model.StepCost;
import dev.heddle.model.StepModel;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.schedule.BatchScheduler;
import dev.heddle.schedule.KvBlockPool;
import dev.heddle.schedule.Sequence;
import dev.heddle.schedule.StepPlan;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the runtime's state, and its steps: schedule, run, postprocess. Nothing
 * that goes wrong in a step ends the loop: the step's requests fail, what they held is free.
 */
final class StepLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StepLoop.class);

  /** Longest nap while requests wait for a load, whose time may run out, and while none does. */
  private static final long LOADING_NAP_NANOS = 2_000_000;

  private static final long IDLE_NAP_NANOS = 100_000_000;

  /** How long a loop that has died waits for requests that were let in just before. */
  private static final long ABANDON_NANOS = 1_000_000_000;

  private final Inbox inbox;
  private final StepModel model;
  private final ExpertWeightManager experts;
  private final KvBlockPool pool;
  private final BatchScheduler scheduler;
  private final AdapterGate gate = new AdapterGate();
  private final ActiveRequests requests;
  private final StepOutput output;
  private final StepPlan plan;
  private final StepBatch batch;
  private final StepMetrics metrics;
  private final LongSupplier clock;
  private final ModelShape shape;
  private long steps;

  /** When the step in progress began. */
  private long now;

  private volatile boolean stopping;
  private volatile boolean dead;

  /** When the loop last came round, by {@link System#nanoTime}. */
  private volatile long aliveNanos = System.nanoTime();

  StepLoop(
      Inbox inbox,
      QueueWait wait,
      StepModel model,
      ExpertWeightManager experts,
      KvBlockPool pool,
      StepBatch batch,
      ModelShape shape,
      RuntimeConfig config,
      StepMetrics metrics,
      LongSupplier clock,
      StepOutput.@Nullable RowObserver observer) {
    this.inbox = inbox;
    this.model = model;
    this.experts = experts;
    this.pool = pool;
    this.scheduler =
        new BatchScheduler(
            pool,
            gate,
            config.tenantWeight(),
            config.maxBatchTokens(),
            config.maxSequences(),
            config.logitRows(),
            StepCost.rowOfLogits(shape));
    this.requests = new ActiveRequests(scheduler, experts, gate, inbox, wait);
    this.output = new StepOutput(model, scheduler, requests, shape, metrics, config, observer);
    this.plan = new StepPlan(config.maxSequences());
    this.batch = batch;
    this.metrics = metrics;
    this.clock = clock;
    this.shape = shape;
  }

  /** Steps until it is told to stop, or to refuse and nothing is left. */
  @Override
  public void run() {
    try {
      loop();
    } catch (Throwable e) { // the state cannot be trusted: nothing is served from it any more
      dead = true;
      inbox.refuse();
      abandon(internal(e));
      log.error("the engine's step thread has died; restart the process", e);
    }
  }

  /** Tells every listener the end, those of requests in the inbox included. */
  private void abandon(GenerationException cause) {
    long end = System.nanoTime() + ABANDON_NANOS; // the counts may be wrong by now
    do {
      try {
        inbox.runCommands();
      } catch (RuntimeException e) {
        log.error("a command failed", e);
      }
      requests.abandonAll(cause);
    } while (inbox.inFlight() > 0 && System.nanoTime() - end < 0);
  }

  /** Any thread: see {@link InferenceRuntime#isHealthy}. */
  boolean isHealthy(long limitNanos) {
    return !dead && (stopping || stalledNanos() <= limitNanos);
  }

  /** Any thread: see {@link InferenceRuntime#stalled}. */
  long stalledNanos() {
    return inbox.inFlight() == 0 ? 0 : Math.max(0, System.nanoTime() - aliveNanos);
  }

  private void loop() {
    boolean checked = false;
    while (!stopping && !(inbox.refusing() && inbox.inFlight() == 0)) {
      aliveNanos = System.nanoTime();
      if (step()) {
        checked = false;
      } else if (scheduler.waiting() > 0) {
        inbox.sleep(LOADING_NAP_NANOS);
      } else {
        checked = checked || check();
        inbox.sleep(IDLE_NAP_NANOS);
      }
    }
    inbox.refuse();
    while (inbox.inFlight() > 0) { // some may have been let in just before
      inbox.runCommands();
      requests.failAll(
          new GenerationException(GenerationException.Kind.STOPPING, "the runtime has stopped"));
      Thread.onSpinWait();
    }
  }

  /** Any thread: the loop ends after the step it is in. */
  void stop() {
    stopping = true;
    inbox.wake();
  }

  /**
   * One step.
   *
   * @return false if there was nothing to compute
   */
  boolean step() {
    now = clock.getAsLong();
    try {
      inbox.runCommands();
      if (inbox.rung()) {
        requests.sweep();
      }
      experts.betweenSteps(steps, steps);
      requests.failLost();
      requests.failLate(now);
      scheduler.schedule(plan);
      requests.refuse();
      admit();
    } catch (Throwable e) { // state may be half changed: nothing that depends on it goes on
      log.error("scheduling failed", e);
      requests.failAll(internal(e));
      return false;
    }
    if (plan.size() == 0) {
      post();
      return false;
    }
    long start = clock.getAsLong();
    try {
      compute();
      scheduler.computed(plan);
      long computed = clock.getAsLong();
      output.deliver(batch, plan);
      metrics.add(Metric.OUTPUT_NANOS, clock.getAsLong() - computed);
    } catch (Throwable e) { // whatever it was, other requests can still be served
      log.error("step {} failed", steps, e);
      failStep(internal(e));
    }
    metrics.step(clock.getAsLong() - start);
    post(); // before callers are told, who may look at once
    requests.publish();
    return true;
  }

  /**
   * Any thread: hands over a generation that passed the door.
   *
   * @param patienceNanos how long it waits for its turn
   * @throws GenerationException QUEUE_FULL or STOPPING
   */
  void submit(Generation generation, long patienceNanos) {
    ActiveRequest active = ActiveRequest.of(generation, patienceNanos, shape);
    inbox.submit(() -> requests.arrive(active, now));
  }

  /**
   * Proves that blocks, slots, rows and leases balance; step thread.
   *
   * @throws IllegalStateException naming what does not
   */
  void checkIntegrity() {
    scheduler.checkIntegrity();
    experts.checkIntegrity();
  }

  private void admit() {
    for (int i = 0; i < plan.size(); i++) {
      requests.admitted((ActiveRequest) plan.sequence(i).group(), now);
    }
  }

  private void compute() {
    steps++;
    for (int i = 0; i < plan.copies(); i++) {
      model.copyBlock(plan.copyFrom(i), plan.copyTo(i));
    }
    StepBatches.fill(batch, plan, pool.blockTokens());
    model.forward(batch);
    for (int i = 0; i < plan.size(); i++) {
      Sequence sequence = plan.sequence(i);
      int promptLeft = sequence.group().promptLength() - sequence.computed();
      metrics.add(Metric.PREFILLED, Math.clamp(promptLeft, 0, plan.tokens(i)));
    }
  }

  /** Whenever there is nothing to do: true, so that it is done once. */
  private boolean check() {
    try {
      checkIntegrity();
    } catch (IllegalStateException e) {
      log.error("integrity check failed: {}", e.getMessage(), e);
    }
    return true;
  }

  private void failStep(GenerationException cause) {
    experts.stepFailed();
    for (int i = 0; i < plan.size(); i++) {
      requests.fail((ActiveRequest) plan.sequence(i).group(), cause);
    }
  }

  private void post() {
    metrics.set(Metric.RUNNING, scheduler.reserved());
    metrics.set(Metric.PREEMPTED, scheduler.preempted());
    metrics.set(Metric.BLOCKS_FREE, pool.free());
    metrics.set(Metric.BLOCKS_CACHED, pool.freeKept());
    metrics.set(Metric.PREFIX_HIT_TOKENS, scheduler.prefixHitTokens());
    metrics.set(Metric.PREEMPTIONS, scheduler.preemptions());
  }

  static GenerationException internal(Throwable cause) {
    return new GenerationException(
        GenerationException.Kind.INTERNAL, "the engine failed: " + cause, cause);
  }
}
