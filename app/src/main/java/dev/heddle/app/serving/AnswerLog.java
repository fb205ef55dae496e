package dev.heddle.app.serving;

import dev.heddle.app.log.RequestLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line, one set of measurements and the spans of its stages for each answer that was begun:
 * who, which version, how many tokens, how long. Never what was said.
 */
public final class AnswerLog {
  private static final Logger log = LoggerFactory.getLogger("heddle.requests");
  private static final long NANOS_PER_TENTH = 100_000; // of a millisecond

  private final AnswerMeters meters;

  public AnswerLog(AnswerMeters meters) {
    this.meters = meters;
  }

  /** Counts a request that was refused before anybody looked which model it asks. */
  void refusedUnread() {
    meters.refusedUnread();
  }

  void ended(Answer answer, AnswerEnd end) {
    meters.ended(answer, end);
    AnswerSpans.tell(answer, end);
    AnswerHead head = answer.head();
    Usage usage = end.usage();
    if (!end.isRefusal() && log.isInfoEnabled()) { // a refusal has a line of its own
      RequestLine.of(log.atInfo(), head.requestId(), head.trace().traceId())
          .log(
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

  private static String millis(long nanos) {
    long tenths = (nanos + NANOS_PER_TENTH / 2) / NANOS_PER_TENTH;
    return nanos < 0 ? "-" : tenths / 10 + "." + tenths % 10;
  }
}
