package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends with 408 what waits for a body that does not come: a pause in it may take so long, and a
 * body that is kept whole {@value #PAUSES} times as long in all, so that it cannot drip for ever.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 4)
public final class BodyDeadline implements WebFilter {
  private static final int PAUSES = 10;

  private final Duration pause;

  /**
   * @param pause longest silence within a body
   */
  public BodyDeadline(Duration pause) {
    this.pause = pause;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return chain.filter(exchange.mutate().request(new Timed(exchange.getRequest())).build());
  }

  private ApiException late(Duration most) {
    return new ApiException(
        ErrorCode.REQUEST_TIMEOUT,
        most.equals(pause)
            ? "No byte of the body came for " + pause.toSeconds() + " s."
            : "The body was not whole within " + most.toSeconds() + " s.");
  }

  private final class Timed extends ServerHttpRequestDecorator {
    Timed(ServerHttpRequest request) {
      super(request);
    }

    @Override
    public Flux<DataBuffer> getBody() {
      Flux<DataBuffer> body =
          super.getBody().timeout(pause).onErrorMap(TimeoutException.class, e -> late(pause));
      if (!BodyBudget.isKeptWhole(getHeaders())) {
        return body;
      }
      Duration whole = pause.multipliedBy(PAUSES);
      return body.takeUntilOther(Mono.delay(whole).then(Mono.error(() -> late(whole))));
    }
  }
}
