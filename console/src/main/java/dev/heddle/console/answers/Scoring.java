package dev.heddle.console.answers;

import java.time.Instant;

/** A job that scores experts; its scores are left out. */
public record Scoring(
    String id, String state, int samples, int samplesDone, long tokens, Instant createdAt) {}
