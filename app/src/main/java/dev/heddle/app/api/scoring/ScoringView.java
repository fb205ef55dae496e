package dev.heddle.app.api.scoring;

import dev.heddle.app.scoring.ScoringProgress;
import dev.heddle.app.scoring.ScoringState;
import dev.heddle.score.ExpertScores;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that scores experts, and how far it is. It is kept in memory: a restart ends and forgets
 * it, and so do the tenant's later jobs.
 *
 * @param samples in its data
 * @param samplesDone of these, computed
 * @param samplesCut of those, cut to the most tokens that a sample may have
 * @param tokens computed
 * @param error why it failed
 * @param layers scores of every MoE layer, rising; null until it is done, and in lists
 */
record ScoringView(
    UUID id,
    ScoringState state,
    int samples,
    int samplesDone,
    int samplesCut,
    long tokens,
    Instant createdAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable List<LayerScoresView> layers) {

  /**
   * Scores of one layer's routed experts, from expert 0, each from 0 to 1.
   *
   * @param layer its number, as in {@code expert_cfg.json}
   * @param gate average gate score: the mean over all tokens of the router's weight for the expert,
   *     0 where the token was not sent to it
   * @param token token selection ratio: the share of the layer's picks that fell on the expert
   */
  record LayerScoresView(int layer, List<Double> gate, List<Double> token) {}

  static ScoringView of(ScoringProgress job) {
    ExpertScores scores = job.scores();
    return of(
        job,
        scores == null
            ? null
            : scores.layers().stream()
                .map(layer -> new LayerScoresView(layer.number(), layer.gate(), layer.token()))
                .toList());
  }

  /** Without the scores. */
  static ScoringView inList(ScoringProgress job) {
    return of(job, null);
  }

  private static ScoringView of(ScoringProgress job, @Nullable List<LayerScoresView> layers) {
    return new ScoringView(
        job.id(),
        job.state(),
        job.samples(),
        job.samplesDone(),
        job.samplesCut(),
        job.tokens(),
        job.createdAt(),
        job.endedAt(),
        job.error(),
        layers);
  }
}
