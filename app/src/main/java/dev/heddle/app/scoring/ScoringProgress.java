package dev.heddle.app.scoring;

import dev.heddle.score.ExpertScores;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is.
 *
 * @param samples in its data
 * @param samplesDone of these, computed
 * @param samplesCut of those, cut to the most tokens that a sample may have
 * @param tokens computed
 * @param error why it failed
 * @param scores what came of it; null until it is done
 */
public record ScoringProgress(
    UUID id,
    ScoringState state,
    int samples,
    int samplesDone,
    int samplesCut,
    long tokens,
    Instant createdAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable ExpertScores scores) {}
