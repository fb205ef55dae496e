package dev.heddle.app.serving;

import dev.heddle.registry.snapshot.VersionRef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What answers took, in all and by adapter: the base model, the first {@value #ADAPTERS_MAX}
 * adapters that answered since the start, and the others together. Metrics can be scraped without a
 * key, so an adapter is called by its digest there, unless the operator wants names.
 */
public final class AnswerMeters {
  static final int ADAPTERS_MAX = 50;
  static final String BASE = "base";
  static final String OTHER = "other";

  private static final Duration[] BUCKETS =
      IntStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry meters;
  private final String model;
  private final boolean names;
  private final Map<String, Series> byAdapter = new ConcurrentHashMap<>();

  /**
   * @param model what the base model is called
   * @param names whether adapters are called {@code tenant/name@number}
   */
  public AnswerMeters(MeterRegistry meters, String model, boolean names) {
    this.meters = meters;
    this.model = model;
    this.names = names;
    of(BASE); // so that there is something to see from the start
  }

  void ended(Answer answer, AnswerEnd end) {
    of(adapter(answer.head().model().version())).add(end, answer.choices());
  }

  void refusedUnread() {
    of(OTHER).refused();
  }

  /** What the version's adapter is called in metrics. */
  String adapter(@Nullable VersionRef version) {
    if (version == null) {
      return BASE;
    }
    return names ? version.fullName() : version.digest().qualified();
  }

  /** The adapter's own series, or those of all for whom there is no room. */
  Series of(String adapter) {
    Series known = byAdapter.get(adapter);
    if (known != null) {
      return known;
    }
    synchronized (byAdapter) {
      boolean room = byAdapter.size() - 1 < ADAPTERS_MAX;
      return byAdapter.computeIfAbsent(
          room ? adapter : OTHER, label -> new Series(Tags.of("model", model, "adapter", label)));
    }
  }

  /** The series of one adapter. */
  final class Series {
    private final Tags tags;
    private final Counter prompt;
    private final Counter cached;
    private final Counter generated;
    private final Timer firstToken;
    private final Timer perToken;
    private final Timer queue;
    private final Timer total;

    Series(Tags tags) {
      this.tags = tags;
      prompt = meters.counter("heddle.prompt.tokens", tags);
      cached = meters.counter("heddle.prompt.tokens.cached", tags);
      generated = meters.counter("heddle.generation.tokens", tags);
      firstToken = timer("heddle.time.to.first.token");
      perToken = timer("heddle.time.per.output.token");
      queue = timer("heddle.request.queue.time");
      total = timer("heddle.e2e.request.latency");
    }

    void add(AnswerEnd end, int choices) {
      Usage usage = end.usage();
      record(queue, end.queueNanos());
      record(firstToken, end.firstTokenNanos());
      record(total, end.totalNanos());
      if (end.firstTokenNanos() >= 0 && usage.completion() > choices) {
        // Choices come in step: tokens of the mean choice after its first.
        double rest = (double) usage.completion() / choices - 1;
        record(perToken, (long) ((end.totalNanos() - end.firstTokenNanos()) / rest));
      }
      prompt.increment(usage.prompt());
      cached.increment(usage.cached());
      generated.increment(usage.completion());
      meters.counter("heddle.requests.ended", tags.and("outcome", end.outcome())).increment();
    }

    void refused() {
      meters.counter("heddle.requests.ended", tags.and("outcome", AnswerEnd.REFUSED)).increment();
    }

    private Timer timer(String name) {
      return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(meters);
    }

    private static void record(Timer timer, long nanos) {
      if (nanos >= 0) {
        timer.record(nanos, TimeUnit.NANOSECONDS);
      }
    }
  }
}
