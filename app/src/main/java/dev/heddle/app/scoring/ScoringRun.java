package dev.heddle.app.scoring;

import dev.heddle.model.RoutingSums;
import dev.heddle.runtime.Generation;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationException.Kind;
import dev.heddle.runtime.GenerationListener;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.score.ExpertScores;
import dev.heddle.score.Sample;
import dev.heddle.score.SampleReader;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a job's samples through the engine, a few at a time, in the background. One thread. */
final class ScoringRun {
  /** Samples in the engine at one time: enough that short ones fill a step together. */
  private static final int IN_FLIGHT = 16;

  /** Between two attempts to submit while the engine's queue is full. */
  private static final long FULL_MILLIS = 100;

  private final Scoring job;
  private final InferenceRuntime runtime;
  private final SampleReader reader;
  private final int maxLength;
  private final RoutingSums sums;
  private final Deque<Pending> inFlight = new ArrayDeque<>();

  ScoringRun(Scoring job, InferenceRuntime runtime, SampleReader reader, int maxLength) {
    this.job = job;
    this.runtime = runtime;
    this.reader = reader;
    this.maxLength = maxLength;
    this.sums = RoutingSums.of(runtime.shape());
  }

  /** A sample in the engine. */
  private static final class Pending implements GenerationListener {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final int tokens;
    private final boolean cut;
    private final Generation generation;

    Pending(InferenceRuntime runtime, GenerationRequest request, boolean cut) {
      this.tokens = request.prompt().length;
      this.cut = cut;
      this.generation = runtime.submit(request, this);
    }

    @Override
    public void onAdmitted() {}

    @Override
    public void onProgress() {}

    @Override
    public void onFinished() {
      ended.complete(null);
    }

    @Override
    public void onFailed(GenerationException failure) {
      ended.completeExceptionally(failure);
    }
  }

  /**
   * Runs all samples.
   *
   * @throws CancellationException if the job is cancelled
   * @throws GenerationException if the engine cannot compute one
   */
  ExpertScores run(List<Sample> samples) {
    try {
      for (Sample sample : samples) {
        int[] tokens = reader.tokens(sample, maxLength + 1);
        boolean cut = tokens.length > maxLength;
        if (inFlight.size() == IN_FLIGHT) {
          take();
        }
        if (tokens.length == 0) { // a template may write nothing
          job.advance(0, false);
        } else {
          submit(cut ? Arrays.copyOf(tokens, maxLength) : tokens, cut);
        }
      }
      while (!inFlight.isEmpty()) {
        take();
      }
    } finally {
      inFlight.forEach(pending -> pending.generation.cancel());
    }
    if (sums.tokens() == 0) {
      throw new GenerationException(Kind.INVALID, "the samples have no tokens");
    }
    return ExpertScores.of(sums, runtime.shape());
  }

  private void submit(int[] tokens, boolean cut) {
    GenerationRequest request =
        GenerationRequest.routing("scoring-" + job.id(), job.tenant().toString(), tokens);
    while (true) {
      try {
        inFlight.add(new Pending(runtime, request, cut));
        return;
      } catch (GenerationException e) {
        if (e.kind() != Kind.QUEUE_FULL) {
          throw e;
        }
        pause();
      }
    }
  }

  /** Takes up the sample that was submitted first, when it has ended. */
  private void take() {
    Pending first = inFlight.getFirst();
    try {
      CompletableFuture.anyOf(first.ended, job.cancelled()).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof GenerationException failure ? failure : e;
    }
    requireWanted();
    inFlight.removeFirst();
    sums.add(Objects.requireNonNull(first.generation.routing(), "was asked for"));
    job.advance(first.tokens, first.cut);
  }

  private void pause() {
    try {
      job.cancelled().get(FULL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    requireWanted();
  }

  private void requireWanted() {
    if (job.cancelled().isDone()) {
      throw new CancellationException("the job was cancelled");
    }
  }
}
