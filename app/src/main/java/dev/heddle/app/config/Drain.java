package dev.heddle.app.config;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.runtime.InferenceRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What happens first when the server is told to stop: new requests are answered 503, readiness says
 * so, and answers that have begun run to their end for as long as configured. Then everything else
 * closes, the web server first.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class Drain implements SmartLifecycle, WebFilter {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final InferenceRuntime runtime;
  private final HeddleProperties properties;
  private final ApplicationContext context;
  private volatile boolean running;
  private volatile boolean draining;

  Drain(InferenceRuntime runtime, HeddleProperties properties, ApplicationContext context) {
    this.runtime = runtime;
    this.properties = properties;
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (draining && !exchange.getRequest().getPath().value().startsWith("/actuator/")) {
      return Mono.error(
          new ApiException(ErrorCode.DRAINING, "This server is stopping; try another or later."));
    }
    return chain.filter(exchange);
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    log.info("draining: {} choices in flight", runtime.stats().running());
    runtime.drain(properties.serving().drainWait());
    log.info("drained");
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops before all others. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
