package dev.heddle.app.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

class RefusalLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("heddle.requests");
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final AtomicLong now = new AtomicLong(7);
  private final RefusalLog refusals = new RefusalLog(now::get);

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(appender);
  }

  @Test
  void a_line_says_who_asked_for_what_and_why_not() {
    ServerWebExchange exchange = exchange();
    RefusalLog.noteModel(exchange, "no such\nmodel");
    refusals.refused(exchange, unknownModel());

    assertThat(lines())
        .containsExactly(
            "id=- refused status=404 code=model_not_found method=POST path=/v1/completions"
                + " tenant=- model=no?such?model");
  }

  @Test
  void a_line_says_what_keeps_the_server_from_answering() {
    refusals.refused(
        exchange(),
        new ApiException(
            ErrorCode.ADAPTER_UNAVAILABLE,
            "Try again later.",
            null,
            List.of(),
            new IllegalStateException("default/intent@2 was not loaded within 30 s")));

    assertThat(lines().getFirst())
        .contains("status=503 code=adapter_unavailable")
        .endsWith(" because default/intent@2 was not loaded within 30 s");
  }

  @Test
  void a_long_model_name_is_cut() {
    ServerWebExchange exchange = exchange();
    RefusalLog.noteModel(exchange, "m".repeat(100_000));
    refusals.refused(exchange, unknownModel());

    assertThat(lines().getFirst()).hasSizeLessThan(500).contains("mmm…");
  }

  @Test
  void beyond_the_lines_at_once_there_is_one_a_second_which_counts_the_missing() {
    for (int i = 0; i < RefusalLog.LINES_AT_ONCE + 5; i++) {
      refusals.refused(exchange(), unknownModel());
    }
    assertThat(lines()).hasSize(RefusalLog.LINES_AT_ONCE);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    refusals.refused(exchange(), unknownModel());
    refusals.refused(exchange(), unknownModel());

    assertThat(lines()).hasSize(RefusalLog.LINES_AT_ONCE + 1);
    assertThat(lines().getLast()).endsWith("(5 before it are not shown)");
  }

  private static ApiException unknownModel() {
    return new ApiException(ErrorCode.MODEL_NOT_FOUND, "The model 'x' does not exist.");
  }

  private static ServerWebExchange exchange() {
    return MockServerWebExchange.from(MockServerHttpRequest.post("/v1/completions"));
  }

  private List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
