package dev.heddle.app.request;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes the bytes of bodies that are kept whole from {@link InFlightBudget#HEAP} as they arrive,
 * until the exchange ends. Files on their way to disk are not kept whole, and not counted.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
final class BodyBudget implements WebFilter {
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

  private final InFlightBudget budget;

  BodyBudget() {
    this(InFlightBudget.HEAP);
  }

  BodyBudget(InFlightBudget budget) {
    this.budget = budget;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!isKeptWhole(exchange.getRequest().getHeaders())) {
      return chain.filter(exchange);
    }
    return Mono.using(
        budget::open,
        charge ->
            chain.filter(
                exchange.mutate().request(new Charged(exchange.getRequest(), charge)).build()),
        InFlightBudget.Charge::close);
  }

  /** Whether a body is read as one piece before anything is done with it. */
  static boolean isKeptWhole(HttpHeaders headers) {
    if (headers.getFirst(IDEMPOTENCY_KEY) != null) {
      return true;
    }
    String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
    return type != null && type.regionMatches(true, 0, JSON, 0, JSON.length());
  }

  private static final class Charged extends ServerHttpRequestDecorator {
    private final InFlightBudget.Charge charge;

    Charged(ServerHttpRequest request, InFlightBudget.Charge charge) {
      super(request);
      this.charge = charge;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody().map(this::charged);
    }

    private DataBuffer charged(DataBuffer buffer) {
      try {
        charge.add(buffer.readableByteCount(), "The body");
        return buffer;
      } catch (RuntimeException e) {
        DataBufferUtils.release(buffer);
        throw e;
      }
    }
  }
}
