package dev.heddle.app.serving;

import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * One answer on its way, from the engine's step thread to a subscriber. The step thread only counts
 * up {@link #work}; everything else runs on one worker of a scheduler, a run at a time, and takes
 * from the engine's output no more than the subscriber has asked for. So a slow reader costs
 * nothing but its own time: its tokens wait where the engine put them.
 */
final class AnswerRun implements GenerationListener {
  private final Answer answer;
  private final FluxSink<StreamEvent> sink;
  private final Scheduler.Worker worker;

  /** Changes not yet looked at; positive while the worker has a run to do or in hand. */
  private final AtomicInteger work = new AtomicInteger(1);

  private final AtomicInteger notAdmitted;
  private final List<Generation> generations = new ArrayList<>();

  /** Generations whose memory this run keeps charged, as long as a slow reader needs it. */
  private final List<Generation> retained = new ArrayList<>();

  private volatile @Nullable GenerationException failure;
  private volatile boolean over;
  private boolean admissionTold;
  private int nextChoice;

  AnswerRun(Answer answer, FluxSink<StreamEvent> sink, Scheduler.Worker worker) {
    this.answer = answer;
    this.sink = sink;
    this.worker = worker;
    this.notAdmitted = new AtomicInteger(answer.prompts().size());
  }

  /**
   * Submits every prompt; a refusal of one ends them all. Called once, before any other method.
   *
   * @param engine submits the first one, which may find the queue too long
   * @param further submits the others: they stand behind the first, and one that came late would
   *     cost what is answered already
   */
  void start(
      BiFunction<GenerationRequest, GenerationListener, Generation> engine,
      BiFunction<GenerationRequest, GenerationListener, Generation> further) {
    worker.schedule(() -> begin(engine, further));
  }

  private void begin(
      BiFunction<GenerationRequest, GenerationListener, Generation> engine,
      BiFunction<GenerationRequest, GenerationListener, Generation> further) {
    try {
      for (int i = 0; i < answer.prompts().size() && !over; i++) {
        GenerationRequest request = answer.prompts().get(i).request();
        Generation generation = (i == 0 ? engine : further).apply(request, this);
        synchronized (generations) {
          generations.add(generation);
          if (generation.retain()) {
            retained.add(generation);
          }
        }
        answer.submitted(i, generation);
      }
    } catch (GenerationException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new GenerationException(GenerationException.Kind.INTERNAL, "submission failed", e);
    }
    if (over) {
      cancelGenerations();
      release();
    }
    run();
  }

  /** The subscriber left: frees what the engine holds at once. */
  void cancel() {
    over = true;
    cancelGenerations();
    release();
  }

  /** Something may have changed: tokens, demand, an end. Any thread; returns at once. */
  void wake() {
    if (work.getAndIncrement() == 0 && !over) {
      worker.schedule(this::run);
    }
  }

  @Override
  public void onAdmitted() {
    notAdmitted.decrementAndGet();
    wake();
  }

  @Override
  public void onProgress() {
    wake();
  }

  @Override
  public void onFinished() {
    wake();
  }

  @Override
  public void onFailed(GenerationException e) {
    failure = e;
    wake();
  }

  private void run() {
    int seen;
    do {
      seen = work.get();
      if (over) {
        return;
      }
      look();
    } while (work.addAndGet(-seen) != 0);
  }

  private void look() {
    GenerationException failed = failure; // before the tokens: what came before it stands
    if (!admissionTold && notAdmitted.get() == 0 && sink.requestedFromDownstream() > 0) {
      admissionTold = true;
      answer.begin();
      sink.next(new StreamEvent.Admitted());
    }
    if (admissionTold) {
      if (emit()) {
        finish(failed);
      }
    } else if (failed != null) {
      fail(failed);
    }
  }

  /**
   * Emits round robin while there is demand; returns whether all there is has been emitted. An end
   * is told without demand.
   */
  private boolean emit() {
    int idle = 0;
    while (idle < answer.choices()) {
      if (over) {
        return false;
      }
      if (sink.requestedFromDownstream() == 0) {
        return allEnded();
      }
      Delta delta = answer.reader(nextChoice).poll();
      nextChoice = (nextChoice + 1) % answer.choices();
      if (delta == null) {
        idle++;
      } else {
        idle = 0;
        sink.next(new StreamEvent.Progress(delta));
      }
    }
    return true;
  }

  private void finish(@Nullable GenerationException failed) {
    if (allEnded()) {
      over = true;
      release();
      sink.complete();
    } else if (failed != null) {
      fail(failed);
    }
  }

  private boolean allEnded() {
    for (int i = 0; i < answer.choices(); i++) {
      if (!answer.reader(i).ended()) {
        return false;
      }
    }
    return true;
  }

  private void fail(GenerationException failed) {
    over = true;
    cancelGenerations();
    release();
    sink.error(failed);
  }

  private void cancelGenerations() {
    synchronized (generations) {
      generations.forEach(Generation::cancel);
    }
  }

  private void release() {
    synchronized (generations) {
      retained.forEach(Generation::release);
      retained.clear();
    }
  }
}
