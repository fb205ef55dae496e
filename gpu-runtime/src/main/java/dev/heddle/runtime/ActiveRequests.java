package dev.heddle.runtime;

import dev.heddle.experts.ExpertWeightManager;
import dev.heddle.format.Digest;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.schedule.BatchScheduler;
import dev.heddle.schedule.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The way of requests from arrival to end: what each takes is given back exactly once, whichever
 * way it ends, and its listener is told. Step thread only.
 */
final class ActiveRequests {
  private static final long LOOK_NANOS = 10_000_000;
  private static final Logger log = LoggerFactory.getLogger(ActiveRequests.class);

  private final BatchScheduler scheduler;
  private final ExpertWeightManager experts;
  private final AdapterGate gate;
  private final Inbox inbox;
  private final QueueWait wait;

  /** When the queue is looked through next for those that have waited too long. */
  private long lookNanos;

  /** All that have not ended, in order of arrival: kept apart from the scheduler's own books. */
  private final Set<ActiveRequest> live = new LinkedHashSet<>();

  /** Those that wait for their adapters, and some that do no more. */
  private final List<ActiveRequest> demanding = new ArrayList<>();

  /** Requests that were in the step and have news, in the order in which it came. */
  private final List<ActiveRequest> touched = new ArrayList<>();

  ActiveRequests(
      BatchScheduler scheduler,
      ExpertWeightManager experts,
      AdapterGate gate,
      Inbox inbox,
      QueueWait wait) {
    this.scheduler = scheduler;
    this.experts = experts;
    this.gate = gate;
    this.inbox = inbox;
    this.wait = wait;
  }

  void arrive(ActiveRequest request, long now) {
    live.add(request);
    scheduler.submit(request);
    if (request.background()) { // it may wait for long, and nobody else is refused for that
      leaveQueue(request);
    }
    Digest adapter = request.adapter();
    if (adapter != null) {
      request.demand = experts.demand(adapter);
      demanding.add(request);
    }
    lineUp(request, now);
  }

  /**
   * Lets it wait for its turn while nothing else keeps it. An adapter may leave again before that.
   * Those that wait as long as it takes are not in the way of others' estimates.
   */
  private void lineUp(ActiveRequest request, long now) {
    boolean waits =
        request.queued && request.hasAdapter() && request.patienceNanos != Long.MAX_VALUE;
    if (waits && !request.inLine) {
      request.inLine = true;
      request.inLineNanos = now;
      wait.joined(request.tenant(), now);
    } else if (!waits && request.inLine) {
      request.inLine = false;
      wait.gaveUp(request.tenant());
    }
  }

  /** Fails those whose turn does not come in time. */
  void failLate(long now) {
    if (wait.limitNanos() == Long.MAX_VALUE || now - lookNanos < 0) {
      return;
    }
    lookNanos = now + LOOK_NANOS;
    List<ActiveRequest> late = new ArrayList<>();
    for (ActiveRequest request : live) {
      lineUp(request, now);
      if (request.inLine && now - request.inLineNanos > request.patienceNanos) {
        late.add(request);
      }
    }
    for (ActiveRequest request : late) {
      fail(request, wait.refusal(request.tenant()));
    }
  }

  /**
   * Fails those whose adapter cannot be had any more, wherever in the queue they stand: one ahead
   * of them may wait for blocks, and keep their turn from coming, much longer than a load may take.
   */
  void failLost() {
    for (int i = demanding.size() - 1; i >= 0; i--) {
      ActiveRequest request = demanding.get(i);
      if (request.demand == null) {
        demanding.remove(i);
      } else if (request.demand.isLost()) {
        demanding.remove(i);
        gate.enter(request);
      }
    }
    refuse();
  }

  /** The scheduler took it from the queue, now or before; it has all it needs. */
  void admitted(ActiveRequest request, long now) {
    if (!request.admissionTold) {
      request.admissionTold = true;
      if (request.inLine) {
        request.inLine = false;
        wait.admitted(request.tenant(), now);
      }
      leaveQueue(request);
      request.generation().admitted(request.cachedTokens());
      tell(request, GenerationListener::onAdmitted);
    }
  }

  /** Fails those that the gate turned away. */
  void refuse() {
    for (int i = 0; i < gate.refusals().size(); i++) {
      AdapterGate.Refusal refusal = gate.refusals().get(i);
      fail(refusal.request(), refusal.cause());
    }
    gate.forget();
  }

  /** Notes that there are tokens to tell of at the step's end. */
  void progressed(ActiveRequest request) {
    if (!request.progressed) {
      request.progressed = true;
      touched.add(request);
    }
  }

  /** Ends one choice: its blocks are free, then the reason can be seen. */
  void finish(Sequence sequence, FinishReason reason) {
    ActiveRequest request = (ActiveRequest) sequence.group();
    scheduler.end(sequence);
    request.generation().choice(sequence.choice()).finish(reason);
    progressed(request);
  }

  /** At the step's end: tells listeners what came, and that requests have ended. */
  void publish() {
    for (int i = 0; i < touched.size(); i++) {
      ActiveRequest request = touched.get(i);
      request.progressed = false;
      if (!request.over) {
        tell(request, GenerationListener::onProgress);
        if (request.ended()) {
          close(request, null);
        }
      }
    }
    touched.clear();
  }

  /** Looks at every generation's flags: ends what callers want ended. */
  void sweep() {
    for (ActiveRequest request : List.copyOf(live)) {
      if (request.generation().cancelAsked()) {
        cancel(request);
      } else if (request.forked()) {
        stopChoices(request);
      }
    }
    publish();
  }

  void fail(ActiveRequest request, GenerationException cause) {
    if (!request.over) {
      scheduler.end(request);
      close(request, cause);
    }
  }

  void failAll(GenerationException cause) {
    for (ActiveRequest request : List.copyOf(live)) {
      fail(request, cause);
    }
    touched.clear();
  }

  /**
   * Tells every listener the end without relying on the scheduler's state. Nothing may be served
   * after it.
   */
  void abandonAll(GenerationException cause) {
    for (ActiveRequest request : List.copyOf(live)) {
      if (!request.over) {
        request.over = true;
        inbox.ended();
        request.generation().ended();
        tell(request, listener -> listener.onFailed(cause));
      }
    }
    live.clear();
  }

  private void cancel(ActiveRequest request) {
    scheduler.end(request);
    for (int i = 0; i < request.choices(); i++) {
      ChoiceOutput choice = request.generation().choice(i);
      if (choice.finish() == null) {
        choice.finish(FinishReason.CANCELLED);
      }
    }
    close(request, null);
  }

  private void stopChoices(ActiveRequest request) {
    for (int i = 0; i < request.choices(); i++) {
      Sequence sequence = request.sequence(i);
      if (!sequence.ended() && request.generation().choice(i).stopAsked()) {
        finish(sequence, FinishReason.STOP);
      }
    }
  }

  /** The only place where a request's lease goes back and its end is told. */
  private void close(ActiveRequest request, @Nullable GenerationException failure) {
    request.over = true;
    live.remove(request);
    leaveQueue(request);
    if (request.demand != null) {
      request.demand.withdraw();
      request.demand = null;
    }
    if (request.lease != null) {
      request.lease.giveBack();
      request.lease = null;
    }
    inbox.ended();
    request.generation().ended();
    request.generation().release();
    if (failure == null) {
      tell(request, GenerationListener::onFinished);
    } else {
      // Callers can bring this about at will, and the server's door has a bounded line for it.
      boolean load =
          failure.kind() == Kind.ADAPTER_UNAVAILABLE || failure.kind() == Kind.QUEUE_FULL;
      log.atLevel(load ? Level.DEBUG : Level.WARN)
          .log("request {} failed: {}", request.request().id(), failure.getMessage());
      tell(request, listener -> listener.onFailed(failure));
    }
  }

  private void leaveQueue(ActiveRequest request) {
    if (request.queued) {
      request.queued = false;
      if (request.inLine) {
        request.inLine = false;
        wait.gaveUp(request.tenant());
      }
      inbox.left();
    }
  }

  private interface News {
    void tell(GenerationListener listener);
  }

  /** A listener that throws affects no other request. */
  private static void tell(ActiveRequest request, News news) {
    try {
      news.tell(request.generation().listener());
    } catch (Throwable e) { // an error of the listener's is not the step thread's
      log.error("the listener of request {} threw", request.request().id(), e);
    }
  }
}
