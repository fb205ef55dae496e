package dev.heddle.app.scoring;

/**
 * Bounds of a job.
 *
 * @param maxBytes of its sample data
 * @param maxSamples in them
 * @param maxLength tokens of a sample; longer ones are cut
 */
public record ScoringLimits(long maxBytes, int maxSamples, int maxLength) {}
