package dev.heddle.app.lifecycle;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.scoring.Scorings;
import dev.heddle.app.serving.ServingSettings;
import dev.heddle.runtime.InferenceRuntime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
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
 * so, and answers that have begun run to their end, until their clients have them, for as long as
 * configured. Then everything else closes, the web server first.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class Drain implements SmartLifecycle, WebFilter {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final long LOOK_MILLIS = 10;

  private final InferenceRuntime runtime;
  private final Scorings scorings;
  private final ServingSettings settings;
  private final ApplicationContext context;

  /** Requests to the inference API that have no whole answer yet. */
  private final AtomicInteger answering = new AtomicInteger();

  private volatile boolean running;
  private volatile boolean draining;

  Drain(
      InferenceRuntime runtime,
      Scorings scorings,
      ServingSettings settings,
      ApplicationContext context) {
    this.runtime = runtime;
    this.scorings = scorings;
    this.settings = settings;
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (draining && !path.startsWith("/actuator/")) {
      return Mono.error(
          new ApiException(ErrorCode.DRAINING, "This server is stopping; try another or later."));
    }
    if (!path.startsWith("/v1/")) {
      return chain.filter(exchange);
    }
    return Mono.using(
        answering::incrementAndGet,
        number -> chain.filter(exchange),
        number -> answering.decrementAndGet());
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    scorings.stop(); // what gives way to all others would take longest
    log.info("draining: {} choices in flight", runtime.stats().running());
    Duration wait = settings.drainWait();
    long end = System.nanoTime() + wait.toNanos();
    boolean ended = runtime.drain(wait);
    if (awaitAnswers(end) && ended) {
      log.info("drained");
    } else {
      log.warn(
          "not drained after {} s: answers that had not ended, or not been sent, were cut short",
          wait.toSeconds());
    }
    running = false;
  }

  /** Waits until the clients have what the engine has made; says whether they have. */
  private boolean awaitAnswers(long end) {
    try {
      while (answering.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answering.get() == 0;
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
