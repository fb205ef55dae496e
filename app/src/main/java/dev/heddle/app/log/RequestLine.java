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

  /**
   * A line about the request of this id.
   *
   * @param traceId empty if it is in no trace
   */
  public static LoggingEventBuilder of(LoggingEventBuilder line, String requestId, String traceId) {
    LoggingEventBuilder of = line.addKeyValue(ID, requestId);
    return traceId.isEmpty() ? of : of.addKeyValue(TRACE, traceId);
  }
}
