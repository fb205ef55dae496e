package dev.heddle.app.log;

import org.slf4j.spi.LoggingEventBuilder;

/**
 * Lines about one request: where lines are objects, its id is a field of its own, and its trace's.
 */
public final class RequestLine {
  /** As the Elastic Common Schema calls it. */
  public static final String ID = "http.request.id";

  /** As the Elastic Common Schema calls it. */
  public static final String TRACE = "trace.id";

  private RequestLine() {}

  /** A line about the request of this id. */
  public static LoggingEventBuilder of(LoggingEventBuilder line, String requestId) {
    return line.addKeyValue(ID, requestId);
  }

  /**
   * As {@link #of(LoggingEventBuilder, String)}, of a request that may be in a trace.
   *
   * @param traceId empty if it is in none
   */
  public static LoggingEventBuilder of(LoggingEventBuilder line, String requestId, String traceId) {
    LoggingEventBuilder of = of(line, requestId);
    return traceId.isEmpty() ? of : of.addKeyValue(TRACE, traceId);
  }
}
