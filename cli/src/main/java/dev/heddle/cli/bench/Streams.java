package dev.heddle.cli.bench;

import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.sample.SamplingParams;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Callers who read long answers one after the other, and how long they wait for each token. */
public final class Streams implements AutoCloseable {
  private static final int PROMPT = 16;
  private static final int MOST_TOKENS = 4_000;

  private final InferenceRuntime runtime;
  private final int tokens;
  private final ExecutorService asking = Executors.newSingleThreadExecutor();
  private volatile boolean over;

  /** Where gaps go; null while nobody wants them. */
  private volatile @Nullable Gaps gaps;

  /** Begins to ask; each caller has one answer under way. */
  public Streams(InferenceRuntime runtime, int count) {
    this.runtime = runtime;
    this.tokens = Math.min(MOST_TOKENS, runtime.maxContext() - PROMPT);
    for (int i = 0; i < count; i++) {
      int seed = i;
      asking.execute(() -> ask(seed));
    }
  }

  /** From now on gaps go there; those written to before may be read. */
  public void record(@Nullable Gaps to) {
    gaps = to;
  }

  private void ask(int seed) {
    if (!over) {
      int[] prompt = new Random(seed).ints(PROMPT, 0, runtime.shape().vocabulary()).toArray();
      GenerationRequest request =
          new GenerationRequest(
              "stream " + seed,
              "stream " + seed,
              null,
              prompt,
              tokens,
              1,
              true,
              -1,
              -1,
              SamplingParams.GREEDY);
      runtime.submit(request, new Reader(seed));
    }
  }

  /** On the step thread; looks at the clock and no more. */
  private final class Reader implements GenerationListener {
    private final int seed;
    private long last;

    Reader(int seed) {
      this.seed = seed;
    }

    @Override
    public void onAdmitted() {}

    @Override
    public void onProgress() {
      long now = System.nanoTime();
      Gaps to = gaps;
      if (to != null && last != 0) {
        to.add(now - last);
      }
      last = now;
    }

    @Override
    public void onFinished() {
      if (!over) {
        asking.execute(() -> ask(seed));
      }
    }

    @Override
    public void onFailed(GenerationException failure) {
      over = true;
    }
  }

  @Override
  public void close() {
    over = true;
    asking.shutdown();
  }
}
