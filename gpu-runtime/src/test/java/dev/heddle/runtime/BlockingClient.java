package dev.heddle.runtime;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A caller that waits, though not for ever. */
final class BlockingClient implements GenerationListener {
  private static final int SECONDS = 60;

  private final CompletableFuture<Void> progress = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private Generation generation;

  static BlockingClient submit(InferenceRuntime runtime, GenerationRequest request) {
    BlockingClient client = new BlockingClient();
    client.generation = runtime.submit(request, client);
    return client;
  }

  Generation generation() {
    return generation;
  }

  ChoiceOutput choice(int index) {
    return generation.choice(index);
  }

  BlockingClient await() {
    end.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    return this;
  }

  void awaitProgress() {
    progress.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  GenerationException awaitFailure() {
    return end.handle((nothing, failure) -> (GenerationException) failure)
        .orTimeout(SECONDS, TimeUnit.SECONDS)
        .join();
  }

  int[] tokens(int choice) {
    int[] tokens = new int[choice(choice).count()];
    Arrays.setAll(tokens, choice(choice)::token);
    return tokens;
  }

  String text() {
    return Arrays.stream(tokens(0)).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  @Override
  public void onAdmitted() {}

  @Override
  public void onProgress() {
    progress.complete(null);
  }

  @Override
  public void onFinished() {
    progress.complete(null);
    end.complete(null);
  }

  @Override
  public void onFailed(GenerationException failure) {
    progress.complete(null);
    end.completeExceptionally(failure);
  }
}
