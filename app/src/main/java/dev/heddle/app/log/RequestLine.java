package dev.heddle.app.log;

import org.slf4j.spi.LoggingEventBuilder;

/** Lines about one request: where lines are objects, its id is a field of its own. */
public final class RequestLine {
  /** As the Elastic Common Schema calls it. */
  public static final String ID = "http.request.id";

  private RequestLine() {}

  /** A line about the request of this id. */
  public static LoggingEventBuilder of(LoggingEventBuilder line, String requestId) {
    return line.addKeyValue(ID, requestId);
  }
}
