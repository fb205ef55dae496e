package dev.heddle.app.lifecycle;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.scoring.Scorings;
import dev.heddle.app.serving.ServingSettings;
import dev.heddle.runtime.InferenceRuntime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What happens first when the server is told to stop. It says that it is not ready, and lingers if
 * so configured: it takes requests as before, while balancers may still send some, and lets each
 * connection end with its answer, until none comes any more. Then new requests are answered 503,
 * and answers that have begun run to their end, until their clients have them, for as long as
 * configured. Then everything else closes, the web server first.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class Drain implements SmartLifecycle, WebFilter {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final long LOOK_MILLIS = 10;

  /**
   * Whoever sends the next request as soon as an answer has ended does so within this time. It
   * comes on the same connection, if that could not be told of the end: its answer had begun
   * before.
   */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final InferenceRuntime runtime;
  private final Scorings scorings;
  private final ServingSettings settings;
  private final ApplicationContext context;

  /** Requests to the APIs that have no whole answer yet. */
  private final AtomicInteger answering = new AtomicInteger();

  private volatile long answeredAt = System.nanoTime();
  private volatile boolean leaving;
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
    if (leaving) {
      exchange.getResponse().getHeaders().setConnection("close");
    }
    if (!path.startsWith("/v1/") && !path.startsWith("/api/")) {
      return chain.filter(exchange);
    }
    return Mono.using(
        answering::incrementAndGet, number -> chain.filter(exchange), number -> answered());
  }

  private void answered() {
    answeredAt = System.nanoTime();
    answering.decrementAndGet();
  }

  /** Runs before anybody else hears of the end, so that everything serves on meanwhile. */
  @EventListener
  @Order(Ordered.HIGHEST_PRECEDENCE)
  void leave(ContextClosedEvent event) {
    leaving = true;
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    Duration linger = settings.linger();
    if (linger.isZero()) {
      return;
    }
    log.info("leaving: requests are taken for {} s more", linger.toSeconds());
    long end = System.nanoTime() + linger.toNanos();
    await(() -> false, end);
    if (!await(this::isQuiet, end + settings.drainWait().toNanos())) {
      log.warn("requests still come {} s after readiness went down", linger.toSeconds());
    }
  }

  private boolean isQuiet() {
    return answering.get() == 0 && System.nanoTime() - answeredAt > QUIET.toNanos();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    scorings.stop(); // what gives way to all others would take longest
    log.info("draining: {} choices in flight", runtime.stats().running());
    Duration wait = settings.drainWait();
    long end = System.nanoTime() + wait.toNanos();
    boolean ended = runtime.drain(wait);
    boolean taken = await(() -> answering.get() == 0, end); // clients have what the engine has made
    if (taken && ended) {
      log.info("drained");
    } else {
      log.warn(
          "not drained after {} s: answers that had not ended, or not been sent, were cut short",
          wait.toSeconds());
    }
    running = false;
  }

  /** Waits for something until a time of {@link System#nanoTime}; says whether it has come. */
  private static boolean await(BooleanSupplier done, long end) {
    try {
      while (!done.getAsBoolean() && System.nanoTime() < end) {
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return done.getAsBoolean();
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
