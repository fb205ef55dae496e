package dev.heddle.cli.bench;

import dev.heddle.cli.FailedException;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Answers of which a measurement needs no more than their end. */
public final class Answers {
  private Answers() {}

  /**
   * Has requests answered side by side; returns when all have ended.
   *
   * @throws FailedException if one could not be answered
   */
  public static void all(InferenceRuntime runtime, List<GenerationRequest> requests) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (GenerationRequest request : requests) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      runtime.submit(request, new Listener(end));
      ends.add(end);
    }
    try {
      ends.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw new FailedException(List.of(String.valueOf(e.getCause())));
    }
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
