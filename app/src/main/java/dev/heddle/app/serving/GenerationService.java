package dev.heddle.app.serving;

import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** Runs answers: submits them to the engine and makes its tokens a stream that one can cancel. */
public final class GenerationService {
  private final BiFunction<GenerationRequest, GenerationListener, Generation> engine;
  private final Scheduler scheduler;
  private final AnswerLog log;

  /**
   * @param engine submits a request, as InferenceRuntime does
   * @param scheduler decodes text and matches stops
   */
  public GenerationService(
      BiFunction<GenerationRequest, GenerationListener, Generation> engine,
      Scheduler scheduler,
      AnswerLog log) {
    this.engine = engine;
    this.scheduler = scheduler;
    this.log = log;
  }

  /**
   * The answer's events: Admitted, then what each choice gains, completing when all have ended. A
   * refusal is an error before Admitted; cancelling the subscription frees what the engine holds.
   * To be subscribed once.
   */
  Flux<StreamEvent> run(Answer answer) {
    return Flux.<StreamEvent>create(
            sink -> {
              AnswerRun run = new AnswerRun(answer, sink, scheduler.createWorker());
              sink.onRequest(n -> run.wake());
              sink.onCancel(run::cancel);
              run.start(engine);
            })
        .doFinally(signal -> log.ended(answer, signal));
  }
}
