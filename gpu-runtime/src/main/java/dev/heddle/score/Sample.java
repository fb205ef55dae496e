package dev.heddle.score;

/**
 * One text of the sample data.
 *
 * @param text as it is tokenised
 * @param chat whether a chat template has rendered it, control tokens and all
 */
public record Sample(String text, boolean chat) {}
