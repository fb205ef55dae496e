package dev.heddle.runtime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the step thread stands, for tests of what lies before it: takes requests, and does
 * with them what the test says. Requests come and are let go on any thread; the rest is for one.
 */
public final class ScriptedEngine {
  private final List<Generation> generations = new CopyOnWriteArrayList<>();
  private final List<GenerationListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private @Nullable GenerationException refusal;

  /** Takes a request as {@link InferenceRuntime#submit} does. */
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    if (refusal != null) {
      throw refusal;
    }
    AnswerHeap heap = new AnswerHeap(request, 0, bytes -> held.addAndGet(-bytes));
    held.addAndGet(heap.charge());
    Generation generation =
        new Generation(request, listener, 1000, nanos::incrementAndGet, () -> {}, heap, null);
    listeners.add(listener);
    generations.add(generation);
    return generation;
  }

  /** Refuses what is submitted from now on. */
  public void refuse(GenerationException with) {
    refusal = with;
  }

  /** Requests that were taken. */
  public int taken() {
    return generations.size();
  }

  /** Bytes that are charged for answers. */
  public long held() {
    return held.get();
  }

  /** Whether the caller has cancelled a request. */
  public boolean isCancelled(int request) {
    return generations.get(request).cancelAsked();
  }

  public void admit(int request) {
    generations.get(request).admitted(0);
    listeners.get(request).onAdmitted();
  }

  public void token(int request, int choice, int token) {
    Generation generation = generations.get(request);
    generation.choice(choice).append(token);
    generation.tokenCame();
    listeners.get(request).onProgress();
  }

  /** Ends a choice; the request has ended with its last one. */
  public void finish(int request, int choice, FinishReason reason) {
    Generation generation = generations.get(request);
    generation.choice(choice).finish(reason);
    for (int i = 0; i < generation.choices(); i++) {
      if (generation.choice(i).finish() == null) {
        listeners.get(request).onProgress();
        return;
      }
    }
    generation.ended();
    generation.release();
    listeners.get(request).onFinished();
  }

  public void fail(int request, GenerationException failure) {
    generations.get(request).ended();
    generations.get(request).release();
    listeners.get(request).onFailed(failure);
  }
}
