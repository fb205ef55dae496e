package dev.heddle.app.oidc;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Knows the provider for an hour once it has answered. Until then whoever asks at the same time
 * waits for one question, so that a provider that is down is not asked by everybody. Blocks; safe
 * for any thread.
 */
final class Discovery {
  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ProviderSettings settings;
  private final ProviderHttp http;
  private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

  /** One question to the provider, and what it came to. */
  private static final class Known {
    private final CompletableFuture<Provider> provider = new CompletableFuture<>();
    private final long sinceNanos = System.nanoTime();

    boolean isStale() {
      return System.nanoTime() - sinceNanos > FRESH.toNanos();
    }
  }

  Discovery(ProviderSettings settings) {
    this.settings = settings;
    this.http = new ProviderHttp(settings.issuer().startsWith("http://"), PATIENCE);
  }

  /**
   * The provider.
   *
   * @throws IOException if it does not answer, or not as it should
   */
  Provider provider() throws IOException {
    Known mine = new Known();
    Known now = known.updateAndGet(before -> before == null || before.isStale() ? mine : before);
    if (now == mine) {
      ask(mine);
    }
    try {
      return (now == null ? mine : now).provider.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
    }
  }

  private void ask(Known mine) {
    try {
      mine.provider.complete(Provider.discover(settings, http));
    } catch (IOException | RuntimeException e) {
      known.compareAndSet(mine, null);
      mine.provider.completeExceptionally(e);
    }
  }
}
