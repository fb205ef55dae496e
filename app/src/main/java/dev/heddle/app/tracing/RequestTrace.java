package dev.heddle.app.tracing;

import dev.heddle.app.request.RequestId;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.time.Instant;
import org.springframework.web.server.ServerWebExchange;

/**
 * What one request is called in logs, and its span in a trace, to which stages of its way are
 * added. Where nothing is traced, adding costs and does nothing. Any thread.
 */
public final class RequestTrace {
  private static final String ATTRIBUTE = RequestTrace.class.getName();
  private static final Tracer NOTHING = TracerProvider.noop().get("");

  private final String requestId;
  private final Tracer tracer;
  private final Span span;

  /** The same moment by two clocks: spans are of the epoch's, stages of {@link System#nanoTime}. */
  private final Instant epoch = Instant.now();

  private final long nanoTime = System.nanoTime();

  /** A request that is not traced. */
  public RequestTrace(String requestId) {
    this(requestId, NOTHING, Span.getInvalid());
  }

  RequestTrace(String requestId, Tracer tracer, Span span) {
    this.requestId = requestId;
    this.tracer = tracer;
    this.span = span;
  }

  /** The exchange's own. */
  public static RequestTrace of(ServerWebExchange exchange) {
    RequestTrace known = exchange.getAttribute(ATTRIBUTE);
    return known == null ? new RequestTrace(RequestId.of(exchange)) : known;
  }

  void keepIn(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }

  /** As the client got it in {@value RequestId#HEADER}. */
  public String requestId() {
    return requestId;
  }

  /** The trace's id, 32 hexadecimal digits; empty where the request is in no trace that is kept. */
  public String traceId() {
    return span.getSpanContext().isSampled() ? span.getSpanContext().getTraceId() : "";
  }

  /** What is known of the request as a whole. */
  public void describe(Attributes attributes) {
    span.setAllAttributes(attributes);
  }

  /**
   * A stage of the request's way, as a span below the request's.
   *
   * @param from by {@link System#nanoTime}
   * @param to as {@code from}, not before it
   */
  public void stage(String name, long from, long to, Attributes attributes) {
    tracer
        .spanBuilder(name)
        .setParent(Context.root().with(span))
        .setStartTimestamp(at(from))
        .setAllAttributes(attributes)
        .startSpan()
        .end(at(to));
  }

  private Instant at(long nanos) {
    return epoch.plusNanos(nanos - nanoTime);
  }

  Span span() {
    return span;
  }
}
