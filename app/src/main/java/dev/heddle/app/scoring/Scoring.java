package dev.heddle.app.scoring;

import dev.heddle.app.request.InFlightBudget;
import dev.heddle.score.ExpertScores;
import dev.heddle.score.Sample;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One job. Any thread. */
final class Scoring {
  private final UUID id;
  private final UUID tenant;
  private final int count;
  private final Instant createdAt = Instant.now();
  private final InFlightBudget.Charge memory;

  /** Completes when the job is to end before its time. */
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

  private List<Sample> samples;
  private ScoringState state = ScoringState.QUEUED;
  private int samplesDone;
  private int samplesCut;
  private long tokens;
  private @Nullable Instant endedAt;
  private @Nullable String error;
  private @Nullable ExpertScores scores;

  /**
   * @param memory of the samples, returned at the end
   */
  Scoring(UUID id, UUID tenant, List<Sample> samples, InFlightBudget.Charge memory) {
    this.id = id;
    this.tenant = tenant;
    this.count = samples.size();
    this.samples = samples;
    this.memory = memory;
  }

  UUID tenant() {
    return tenant;
  }

  UUID id() {
    return id;
  }

  synchronized ScoringProgress progress() {
    return new ScoringProgress(
        id, state, count, samplesDone, samplesCut, tokens, createdAt, endedAt, error, scores);
  }

  CompletableFuture<Void> cancelled() {
    return cancelled;
  }

  /** Begins to run; null if it has ended before. */
  synchronized @Nullable List<Sample> start() {
    if (state != ScoringState.QUEUED) {
      return null;
    }
    state = ScoringState.RUNNING;
    return samples;
  }

  /** A sample more is done. */
  synchronized void advance(int more, boolean cut) {
    samplesDone++;
    samplesCut += cut ? 1 : 0;
    tokens += more;
  }

  synchronized void done(ExpertScores result) {
    end(ScoringState.DONE, null, result);
  }

  synchronized void fail(String why) {
    end(ScoringState.FAILED, why, null);
  }

  /** Ends it unless it has ended. */
  synchronized void cancel() {
    end(ScoringState.CANCELLED, null, null);
    cancelled.complete(null);
  }

  private void end(ScoringState last, @Nullable String why, @Nullable ExpertScores result) {
    if (!state.isEnd()) {
      state = last;
      error = why;
      scores = result;
      endedAt = Instant.now();
      samples = List.of();
      memory.close();
    }
  }
}
