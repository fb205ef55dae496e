package dev.heddle.app.idempotency;

import dev.heddle.registry.idempotency.IdempotencyKeys;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The one run of a request: holds its key while it lasts, and keeps what it comes to. */
final class IdempotentRun {
  private static final Logger log = LoggerFactory.getLogger(IdempotentRun.class);
  private static final int TOO_MANY_REQUESTS = 429;

  private final IdempotencyKeys keys;
  private final UUID attempt;
  private final AnswerSeal seal;
  private final AtomicBoolean settled = new AtomicBoolean();

  IdempotentRun(IdempotencyKeys keys, UUID attempt, AnswerSeal seal) {
    this.keys = keys;
    this.attempt = attempt;
    this.seal = seal;
  }

  /**
   * Runs a request; not to be cancelled.
   *
   * @param work hands its answer to {@link #settle}
   */
  Mono<Void> of(Mono<Void> work) {
    return Mono.using(this::hold, held -> work.then(freeUnlessSettled()), Disposable::dispose)
        .onErrorResume(e -> freeUnlessSettled().then(Mono.error(e)));
  }

  /**
   * Keeps an answer, or frees the key for an answer that another try may better: what failed in the
   * server, and what came too soon. Where the database is away the key is free when its lease ends.
   */
  Mono<Void> settle(KeptAnswer answer) {
    settled.set(true);
    boolean passing = answer.status() >= 500 || answer.status() == TOO_MANY_REQUESTS;
    return quietly(
        passing
            ? () -> keys.release(attempt)
            : () -> keys.keep(attempt, seal.seal(answer.encode())));
  }

  private Mono<Void> freeUnlessSettled() {
    return Mono.defer(() -> settled.get() ? Mono.empty() : quietly(() -> keys.release(attempt)));
  }

  private Disposable hold() {
    return Flux.interval(IdempotencyKeys.LEASE.dividedBy(3))
        .onBackpressureDrop()
        .concatMap(tick -> quietly(() -> keys.renew(attempt)))
        .subscribe();
  }

  private static Mono<Void> quietly(Runnable work) {
    return Mono.<Void>fromRunnable(work)
        .subscribeOn(Schedulers.boundedElastic())
        .onErrorResume(e -> {
          log.warn("An idempotency key cannot be written: {}", e.getMessage());
          return Mono.empty();
        });
  }
}
