package dev.heddle.app.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;

/** Turns the log that {@code logback.xml} sets up into one of objects, one a line. */
public final class LogFormat {
  private static final String SCHEMA = "ecs";

  private LogFormat() {}

  /**
   * From here on; what was logged before is text. A log that somebody else set up is left as it is.
   */
  public static void toJson() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return;
    }
    Appender<ILoggingEvent> appender =
        context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
    if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
      StructuredLogEncoder encoder = new StructuredLogEncoder();
      encoder.setContext(context);
      encoder.setFormat(SCHEMA);
      encoder.start();
      stream.setEncoder(encoder);
    }
  }
}
