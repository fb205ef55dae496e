package dev.heddle.app.serving;

import dev.heddle.registry.snapshot.VersionRef;
import dev.heddle.registry.usage.UsageRow;
import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.Generation;
import java.time.Duration;
import java.time.Instant;
import reactor.core.publisher.SignalType;

/**
 * How an answer ended and what it used: looked at once, so that log, quota and usage agree.
 *
 * @param outcome {@code stop}, {@code length}, {@code cancelled}, {@code failed}, or {@code
 *     refused} where the client got an error in the answer's place before it began
 * @param usage nothing of a failed answer that was to be sent in one piece: none of it was sent
 * @param queueNanos until the last prompt was admitted, or until the end if one never was
 * @param loadNanos until the adapter was there, which had to be loaded first; -1 if it was there
 * @param firstTokenNanos until the first token of any choice, -1 if there was none
 * @param engineNanos from the admission to the engine's end
 * @param totalNanos from the answer's beginning to now
 */
record AnswerEnd(
    String outcome,
    Usage usage,
    long queueNanos,
    long loadNanos,
    long firstTokenNanos,
    long engineNanos,
    long totalNanos,
    Instant at) {
  static final String REFUSED = "refused";
  private static final Usage NOTHING = new Usage(0, 0, 0);

  static AnswerEnd of(Answer answer, SignalType signal) {
    String outcome = outcome(answer, signal);
    boolean unsent = outcome.equals("failed") && !answer.options().stream();
    long total = System.nanoTime() - answer.startedNanos();
    long queue = 0;
    long load = -1;
    long first = -1;
    long span = 0;
    for (int i = 0; i < answer.prompts().size(); i++) {
      Generation generation = answer.generation(i);
      if (generation == null || generation.queueNanos() < 0) {
        queue = total;
      } else {
        queue = Math.max(queue, generation.queueNanos());
        load = Math.max(load, generation.loadNanos());
        first = earlier(first, generation.timeToFirstTokenNanos());
        long ended = generation.totalNanos();
        span = Math.max(span, ended < 0 ? total : ended);
      }
    }
    return new AnswerEnd(
        outcome,
        unsent || outcome.equals(REFUSED) ? NOTHING : answer.usage(),
        queue,
        load,
        first,
        Math.max(0, span - queue),
        total,
        Instant.now());
  }

  boolean isRefusal() {
    return outcome.equals(REFUSED);
  }

  /** What the tenant's account keeps of it. */
  UsageRow row(AnswerHead head) {
    VersionRef version = head.model().version();
    return new UsageRow(
        head.id(),
        head.caller().tenantId(),
        head.caller().keyId(),
        head.options().model(),
        version == null ? null : new UsageRow.Served(version.ownerId(), version.id()),
        outcome,
        usage.prompt(),
        usage.cached(),
        usage.completion(),
        Duration.ofNanos(queueNanos),
        Duration.ofNanos(engineNanos),
        at);
  }

  private static String outcome(Answer answer, SignalType signal) {
    return switch (signal) {
      case ON_COMPLETE -> cutShort(answer) ? "length" : "stop";
      case CANCEL -> "cancelled";
      default -> answer.begun() ? "failed" : REFUSED;
    };
  }

  private static boolean cutShort(Answer answer) {
    for (int i = 0; i < answer.choices(); i++) {
      if (answer.reader(i).finish() == FinishReason.LENGTH) {
        return true;
      }
    }
    return false;
  }

  private static long earlier(long a, long b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }
}
