package dev.heddle.cli.bench;

import dev.heddle.cli.FailedException;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Answers that are waited for to their end. One thread. */
public final class Answers {
  private final InferenceRuntime runtime;
  private final List<Generation> generations = new ArrayList<>();
  private final List<CompletableFuture<Void>> ends = new ArrayList<>();

  Answers(InferenceRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Has requests answered side by side; returns when all have ended.
   *
   * @throws FailedException if one could not be answered
   */
  public static void all(InferenceRuntime runtime, List<GenerationRequest> requests) {
    Answers answers = new Answers(runtime);
    requests.forEach(answers::ask);
    answers.await();
  }

  /** Asks for one more. */
  void ask(GenerationRequest request) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    generations.add(runtime.submit(request, new Listener(end)));
    ends.add(end);
  }

  /**
   * Returns all that were asked for, when they have ended.
   *
   * @throws FailedException if one could not be answered
   */
  List<Generation> await() {
    try {
      ends.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw new FailedException(List.of(String.valueOf(e.getCause())));
    }
    return generations;
  }

  private record Listener(CompletableFuture<Void> end) implements GenerationListener {
    @Override
    public void onAdmitted() {}

    @Override
    public void onProgress() {}

    @Override
    public void onFinished() {
      end.complete(null);
    }

    @Override
    public void onFailed(GenerationException failure) {
      end.completeExceptionally(failure);
    }
  }
}
