package dev.heddle.app.api.residency;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for the engine, on a thread that may wait. */
final class Waits {
  private Waits() {}

  /** Longer than the engine keeps anybody waiting who asks it for no load. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  /**
   * Waits for an answer.
   *
   * @throws RuntimeException what the answer failed with
   */
  static <T> T forAnswer(CompletableFuture<T> answer) {
    if (!within(ANSWER_MAX, answer)) {
      throw new ApiException(
          ErrorCode.ADAPTER_UNAVAILABLE, "The engine does not answer in time; try again later.");
    }
    return answer.join();
  }

  /**
   * Waits for an answer.
   *
   * @return whether it came in time
   * @throws RuntimeException what the answer failed with
   */
  static boolean within(Duration time, CompletableFuture<?> answer) {
    try {
      answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(ErrorCode.DRAINING, "This server is stopping; try another or later.");
    }
  }
}
