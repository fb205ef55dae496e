package dev.heddle.app.scoring;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.request.InFlightBudget;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.NotFoundException;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.score.Sample;
import dev.heddle.score.SampleReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that score experts: which are there, and the one thread that runs them, one after the other.
 * They are kept in memory and end with the process. Any thread.
 */
public final class Scorings implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scorings.class);

  /** Jobs that have not ended, of one tenant and of all. */
  private static final int TENANT_OPEN_MAX = 4;

  private static final int OPEN_MAX = 16;

  /** Jobs of a tenant that are remembered, open ones included: the latest. */
  private static final int TENANT_KEPT_MAX = 16;

  /** The same of all tenants. */
  private static final int KEPT_MAX = 256;

  /** Samples of jobs that have not ended may take this share of the heap. */
  private static final int HEAP_SHARE = 8;

  /** Bytes of heap that a byte of data takes as part of a sample, at most. */
  private static final int SAMPLE_BYTES = 2;

  /** What a client is told of what is the server's own fault. */
  private static final String FAILED = "the server failed; its log says more";

  private final InferenceRuntime runtime;
  private final SampleReader reader;
  private final ScoringLimits limits;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("heddle-scoring").daemon().factory());

  /** Apart from that of requests, which would have to wait for jobs to end. */
  private final InFlightBudget memory =
      new InFlightBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE);

  /** By id, in order of their making. */
  private final Map<UUID, Scoring> jobs = new LinkedHashMap<>();

  private boolean stopped;

  /**
   * @param reader is closed with this
   */
  public Scorings(InferenceRuntime runtime, SampleReader reader, ScoringLimits limits) {
    this.runtime = runtime;
    this.reader = reader;
    this.limits = limits;
  }

  public ScoringLimits limits() {
    return limits;
  }

  /**
   * @throws ConflictException if experts cannot be scored here at all
   */
  public void requirePossible() {
    if (!runtime.showsRouting()) {
      throw new ConflictException(
          "backend-cannot-score",
          "the backend " + runtime.backend() + " does not show what routers decide");
    }
    if (runtime.shape().moeLayers() == 0) {
      throw new ConflictException("no-experts", "the base model has no layer with experts");
    }
  }

  /**
   * Reads sample data and queues a job. Takes time by their size.
   *
   * @throws dev.heddle.format.FormatException naming every line that is no sample
   * @throws ApiException QUEUE_FULL if too many jobs have not ended, or their data take too much
   *     memory
   */
  public ScoringProgress begin(UUID tenant, byte[] data) {
    requirePossible();
    InFlightBudget.Charge charge = memory.open();
    try {
      charge.add((long) data.length * SAMPLE_BYTES, "The data");
      Scoring job = new Scoring(Ids.next(), tenant, read(data), charge);
      ScoringProgress begun = job.progress();
      enter(job);
      return begun;
    } catch (Throwable e) {
      charge.close();
      throw e;
    }
  }

  private List<Sample> read(byte[] data) {
    try {
      return reader.read(data, limits.maxSamples());
    } catch (StackOverflowError | LinkageError e) { // a template's fault, not the process's end
      throw new IllegalStateException("samples could not be read", e);
    }
  }

  private synchronized void enter(Scoring job) {
    if (stopped) {
      throw new ApiException(ErrorCode.DRAINING, "This server is stopping; try another or later.");
    }
    long open = jobs.values().stream().filter(Scorings::isOpen).count();
    long own = of(job.tenant()).stream().filter(Scorings::isOpen).count();
    if (own >= TENANT_OPEN_MAX || open >= OPEN_MAX) {
      throw new ApiException(
          ErrorCode.QUEUE_FULL,
          "Too many scorings have not ended: " + own + " of this tenant, " + open + " in all.");
    }
    jobs.put(job.id(), job);
    forget(of(job.tenant()), TENANT_KEPT_MAX);
    forget(List.copyOf(jobs.values()), KEPT_MAX);
    thread.execute(() -> run(job));
  }

  private static boolean isOpen(Scoring job) {
    return !job.progress().state().isEnd();
  }

  /** Drops the oldest that have ended until no more are left than may be. */
  private void forget(List<Scoring> oldestFirst, int most) {
    int over = oldestFirst.size() - most;
    for (Scoring job : oldestFirst) {
      if (over > 0 && !isOpen(job)) {
        jobs.remove(job.id());
        over--;
      }
    }
  }

  private void run(Scoring job) {
    List<Sample> samples = job.start();
    if (samples == null) {
      return;
    }
    int length = Math.min(limits.maxLength(), runtime.maxContext());
    try {
      job.done(new ScoringRun(job, runtime, reader, length).run(samples));
    } catch (CancellationException e) {
      log.info("scoring {} was cancelled", job.id());
    } catch (GenerationException e) {
      log.warn("scoring {} failed", job.id(), e);
      job.fail(
          switch (e.kind()) {
            case INVALID, CONTEXT_LENGTH -> String.valueOf(e.getMessage());
            case STOPPING -> "the server is stopping";
            default -> FAILED;
          });
    } catch (Throwable e) { // whatever it was, the next job can still be run
      log.error("scoring {} failed", job.id(), e);
      job.fail(FAILED);
    }
  }

  /**
   * @throws NotFoundException if the tenant has no such job
   */
  public ScoringProgress get(UUID tenant, String id) {
    return find(tenant, id).progress();
  }

  /** A tenant's jobs, the latest first. */
  public synchronized List<ScoringProgress> list(UUID tenant) {
    return of(tenant).reversed().stream().map(Scoring::progress).toList();
  }

  /**
   * Ends a job that has not ended; what it computes is freed within one step.
   *
   * @throws NotFoundException if the tenant has no such job
   */
  public ScoringProgress cancel(UUID tenant, String id) {
    Scoring job = find(tenant, id);
    job.cancel();
    return job.progress();
  }

  private synchronized Scoring find(UUID tenant, String id) {
    for (Scoring job : of(tenant)) {
      if (job.id().toString().equals(id)) {
        return job;
      }
    }
    throw new NotFoundException("scoring", id);
  }

  private List<Scoring> of(UUID tenant) {
    List<Scoring> own = new ArrayList<>();
    for (Scoring job : jobs.values()) {
      if (job.tenant().equals(tenant)) {
        own.add(job);
      }
    }
    return own;
  }

  /** Takes no more jobs and cancels those that have not ended. */
  public synchronized void stop() {
    stopped = true;
    jobs.values().forEach(Scoring::cancel);
    thread.shutdown();
  }

  @Override
  public void close() {
    stop();
    thread.close();
    reader.close();
  }
}
