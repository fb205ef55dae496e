package dev.heddle.app.serving;

import dev.heddle.app.quota.QuotaException;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.quota.RequestTurn;
import dev.heddle.app.quota.Reservation;
import dev.heddle.registry.snapshot.VersionRef;
import dev.heddle.registry.usage.UsageRow;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;

/**
 * Runs answers: lets them in as far as their tenant's limits go, submits them to the engine and
 * makes its tokens a stream that one can cancel. However an answer ends, it is accounted for once.
 */
public final class GenerationService {
  private final BiFunction<GenerationRequest, GenerationListener, Generation> engine;
  private final BiFunction<GenerationRequest, GenerationListener, Generation> patiently;
  private final Consumer<String> queue;
  private final Scheduler scheduler;
  private final ToIntFunction<VersionRef> slots;
  private final QuotaGate gate;
  private final Consumer<UsageRow> usage;
  private final AnswerLog log;

  /**
   * @param engine submits a request, as InferenceRuntime does
   * @param patiently the same for requests that wait as long as their turn takes
   * @param queue refuses what a tenant need not send now, as InferenceRuntime does
   * @param scheduler decodes text and matches stops
   * @param slots that a version needs when nothing is shared
   * @param usage takes what each answer has used, at once
   */
  public GenerationService(
      BiFunction<GenerationRequest, GenerationListener, Generation> engine,
      BiFunction<GenerationRequest, GenerationListener, Generation> patiently,
      Consumer<String> queue,
      Scheduler scheduler,
      ToIntFunction<VersionRef> slots,
      QuotaGate gate,
      Consumer<UsageRow> usage,
      AnswerLog log) {
    this.engine = engine;
    this.patiently = patiently;
    this.queue = queue;
    this.scheduler = scheduler;
    this.slots = slots;
    this.gate = gate;
    this.usage = usage;
    this.log = log;
  }

  /**
   * The answer's events: Admitted, then what each choice gains, completing when all have ended. A
   * refusal is an error before Admitted; cancelling the subscription frees what the engine holds.
   * To be subscribed once.
   *
   * @param turn that the request took before it was read
   * @param headers of the response, told what is left of the tenant's limits before any event
   */
  Flux<StreamEvent> run(Answer answer, RequestTurn turn, HttpHeaders headers) {
    return Flux.defer(() ->
        Admission.of(
            gate, slots, answer, turn, headers, reservation -> accounted(answer, reservation)));
  }

  private Flux<StreamEvent> accounted(Answer answer, Reservation reservation) {
    AtomicBoolean open = new AtomicBoolean(true);
    Consumer<SignalType> end =
        signal -> {
          if (open.getAndSet(false)) { // a client may leave after the end
            ended(answer, reservation, signal);
          }
        };
    // Before the subscriber hears of it: the client's next request finds its limits free.
    return events(answer)
        .doOnComplete(() -> end.accept(SignalType.ON_COMPLETE))
        .doOnError(failure -> end.accept(SignalType.ON_ERROR))
        .doOnCancel(() -> end.accept(SignalType.CANCEL));
  }

  /**
   * Does what a request needs its turn for, taken from its tenant's rate before it is read; fails
   * with RATE_LIMIT_EXCEEDED.
   *
   * @param work as in {@link QuotaGate#inTurn}
   */
  <T> Mono<T> inTurn(UUID tenant, Function<RequestTurn, Mono<T>> work) {
    return gate.inTurn(tenant, work).onErrorMap(QuotaException.class, Admission::refusal);
  }

  /**
   * Looks at the queue ahead of what a request costs before it gets there.
   *
   * @throws GenerationException QUEUE_FULL if it would wait too long
   */
  void checkQueue(UUID tenant) {
    try {
      queue.accept(tenant.toString());
    } catch (GenerationException e) {
      log.refusedUnread();
      throw e;
    }
  }

  /** Gives back the turn of a request that another replica is to find it for. */
  Mono<Void> handBack(RequestTurn turn) {
    return gate.handBack(turn);
  }

  private Flux<StreamEvent> events(Answer answer) {
    return Flux.create(sink -> {
      AnswerRun run = new AnswerRun(answer, sink, scheduler.createWorker());
      sink.onRequest(n -> run.wake());
      sink.onCancel(run::cancel);
      run.start(engine, patiently);
    });
  }

  private void ended(Answer answer, Reservation reservation, SignalType signal) {
    AnswerEnd end = AnswerEnd.of(answer, signal);
    if (end.isRefusal()) {
      reservation.refund();
    } else {
      reservation.settle((long) end.usage().prompt() + end.usage().completion());
      usage.accept(end.row(answer.head()));
    }
    log.ended(answer, end);
  }
}
