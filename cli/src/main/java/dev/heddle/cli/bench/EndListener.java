package dev.heddle.cli.bench;

import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import java.util.concurrent.CompletableFuture;

/** Waits for the end of a generation, and for nothing else of it. */
record EndListener(CompletableFuture<Void> end) implements GenerationListener {
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
