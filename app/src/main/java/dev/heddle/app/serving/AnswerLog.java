package dev.heddle.app.serving;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line and one set of measurements for each answer that was begun: who, which version, how many
 * tokens, how long. Never what was said. Metrics carry no adapter's or tenant's name, since they
 * can be scraped without a key.
 */
public final class AnswerLog {
  private static final Logger log = LoggerFactory.getLogger("heddle.requests");
  private static final double NANOS_PER_MS = 1e6;
  private static final Duration[] BUCKETS =
      IntStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Counter promptTokens;
  private final Counter cachedTokens;
  private final Counter generatedTokens;
  private final Timer firstToken;
  private final Timer perToken;
  private final Timer queue;
  private final Timer total;
  private final MeterRegistry meters;

  public AnswerLog(MeterRegistry meters) {
    this.meters = meters;
    promptTokens = meters.counter("heddle.prompt.tokens");
    cachedTokens = meters.counter("heddle.prompt.tokens.cached");
    generatedTokens = meters.counter("heddle.generation.tokens");
    firstToken = timer("heddle.time.to.first.token");
    perToken = timer("heddle.time.per.output.token");
    queue = timer("heddle.request.queue.time");
    total = timer("heddle.e2e.request.latency");
  }

  void ended(Answer answer, AnswerEnd end) {
    Usage usage = end.usage();
    record(queue, end.queueNanos());
    record(firstToken, end.firstTokenNanos());
    record(total, end.totalNanos());
    if (end.firstTokenNanos() >= 0 && usage.completion() > answer.choices()) {
      // Choices come in step: tokens of the mean choice after its first.
      double rest = (double) usage.completion() / answer.choices() - 1;
      record(perToken, (long) ((end.totalNanos() - end.firstTokenNanos()) / rest));
    }
    promptTokens.increment(usage.prompt());
    cachedTokens.increment(usage.cached());
    generatedTokens.increment(usage.completion());
    meters.counter("heddle.requests.ended", "outcome", end.outcome()).increment();
    AnswerHead head = answer.head();
    if (log.isInfoEnabled()) {
      log.info(
          "id={} tenant={} version={} outcome={} stream={} choices={} prompt_tokens={}"
              + " cached_tokens={} completion_tokens={} queue_ms={} ttft_ms={} total_ms={}",
          head.requestId(),
          head.caller().tenant(),
          head.model().servedBy(),
          end.outcome(),
          head.options().stream(),
          answer.choices(),
          usage.prompt(),
          usage.cached(),
          usage.completion(),
          millis(end.queueNanos()),
          millis(end.firstTokenNanos()),
          millis(end.totalNanos()));
    }
  }

  private Timer timer(String name) {
    return Timer.builder(name).serviceLevelObjectives(BUCKETS).register(meters);
  }

  private static void record(Timer timer, long nanos) {
    if (nanos >= 0) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private static String millis(long nanos) {
    return nanos < 0 ? "-" : String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MS);
  }
}
