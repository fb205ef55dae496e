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
import org.jspecify.annotations.Nullable;

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
    requests.forEach(request -> answers.ask(request, null));
    answers.await();
  }

  /**
   * Asks for one more.
   *
   * @param gaps gets the times between its tokens, to be read after {@link #await}
   */
  void ask(GenerationRequest request, @Nullable Gaps gaps) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    generations.add(runtime.submit(request, new Listener(end, gaps)));
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

  /** On the step thread. */
  private static final class Listener implements GenerationListener {
    private final CompletableFuture<Void> end;
    private final @Nullable Gaps gaps;
    private long last;

    Listener(CompletableFuture<Void> end, @Nullable Gaps gaps) {
      this.end = end;
      this.gaps = gaps;
    }

    @Override
    public void onAdmitted() {}

    @Override
    public void onProgress() {
      if (gaps != null) {
        long now = System.nanoTime();
        if (last != 0) {
          gaps.add(now - last);
        }
        last = now;
      }
    }

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
