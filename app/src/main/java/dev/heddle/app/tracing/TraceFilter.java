package dev.heddle.app.tracing;

import dev.heddle.app.request.RequestId;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A span for each request of the API, from its header to the last byte of its answer; below the
 * client's own span where the request has a {@code traceparent}. Health, metrics and the console's
 * files have none.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class TraceFilter implements WebFilter {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("http.request.id");

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  /**
   * @param telemetry where spans go, and how headers name the trace that a request belongs to
   */
  public TraceFilter(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.heddle");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String path = request.getPath().value();
    if (!path.startsWith("/v1/") && !path.startsWith("/api/")) {
      return chain.filter(exchange);
    }
    Span span =
        tracer
            .spanBuilder(request.getMethod().name())
            .setParent(propagator.extract(Context.root(), request.getHeaders(), Headers.GETTER))
            .setSpanKind(SpanKind.SERVER)
            .setAttribute(METHOD, request.getMethod().name())
            .setAttribute(PATH, path)
            .setAttribute(REQUEST, RequestId.of(exchange))
            .startSpan();
    new RequestTrace(RequestId.of(exchange), tracer, span).keepIn(exchange);
    return chain
        .filter(exchange)
        .doOnSuccess(done -> end(exchange, span, null))
        .doOnCancel(() -> end(exchange, span, "cancelled"))
        .doOnError(failure -> failed(exchange, span));
  }

  /** What failed has no status yet: the handler that makes it one comes after all filters. */
  private static void failed(ServerWebExchange exchange, Span span) {
    if (exchange.getResponse().isCommitted()) {
      end(exchange, span, null);
    } else {
      exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> end(exchange, span, null)));
    }
  }

  private static void end(ServerWebExchange exchange, Span span, @Nullable String error) {
    Object route = exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    if (route != null) {
      span.updateName(exchange.getRequest().getMethod().name() + " " + route);
      span.setAttribute(ROUTE, route.toString());
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    int code = status == null ? 200 : status.value();
    span.setAttribute(STATUS, (long) code);
    if (error != null || code >= 500) {
      span.setAttribute(ERROR, error == null ? Integer.toString(code) : error);
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** Where a request's headers say which trace it belongs to. */
  private enum Headers implements TextMapGetter<HttpHeaders> {
    GETTER;

    @Override
    public Iterable<String> keys(HttpHeaders headers) {
      return headers.headerNames();
    }

    @Override
    public @Nullable String get(@Nullable HttpHeaders headers, String name) {
      return headers == null ? null : headers.getFirst(name);
    }
  }
}
