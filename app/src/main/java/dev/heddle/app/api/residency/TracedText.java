package dev.heddle.app.api.residency;

import dev.heddle.model.RoutingTrace;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A text in the engine, waited for. */
final class TracedText implements GenerationListener {
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  private TracedText() {}

  /**
   * Has a text computed; blocks until it is.
   *
   * @throws GenerationException if the engine refuses it, or cannot compute it in time
   */
  static RoutingTrace compute(InferenceRuntime runtime, GenerationRequest request, Duration wait) {
    TracedText text = new TracedText();
    Generation generation = runtime.submit(request, text);
    try {
      text.ended.get(wait.toNanos(), TimeUnit.NANOSECONDS);
      return Objects.requireNonNull(generation.trace(), "was asked for");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GenerationException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new GenerationException(
          Kind.ADAPTER_UNAVAILABLE, "the engine has no time for the text", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationException(Kind.STOPPING, "the text was cut short", e);
    } finally {
      generation.cancel(); // nothing if it has ended
    }
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
