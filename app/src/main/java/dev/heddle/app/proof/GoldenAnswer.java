package dev.heddle.app.proof;

import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One greedy answer on its way. */
final class GoldenAnswer implements GenerationListener {
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private final Generation generation;

  /**
   * Asks.
   *
   * @throws GenerationException if the engine refuses
   */
  GoldenAnswer(InferenceRuntime runtime, GenerationRequest request) {
    this.generation = runtime.submitPatiently(request, this);
  }

  /**
   * Waits for the end.
   *
   * @return every token, one that ends the sequence included
   * @throws GenerationException if the engine could not answer, or not in time
   */
  List<Integer> tokens(long nanos) {
    try {
      ended.get(nanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GenerationException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new GenerationException(
          GenerationException.Kind.ADAPTER_UNAVAILABLE, "golden prompts take too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationException(
          GenerationException.Kind.STOPPING, "golden prompts were cut short", e);
    }
    ChoiceOutput output = generation.choice(0);
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < output.count(); i++) {
      tokens.add(output.token(i));
    }
    return tokens;
  }

  /** Ends it, if it runs. */
  void cancel() {
    generation.cancel();
  }

  @Override
  public void onAdmitted() {}

  @Override
  public void onProgress() {}

  @Override
  public void onFinished() {
    ended.complete(true);
  }

  @Override
  public void onFailed(GenerationException failure) {
    ended.completeExceptionally(failure);
  }
}
