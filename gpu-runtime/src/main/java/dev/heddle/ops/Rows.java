package dev.heddle.ops;

/**
 * The number of rows that an operation works on. It is an element of an int tensor and not a
 * number, so that a recorded graph can be replayed for another batch.
 *
 * @param counts ints [1][n]
 * @param index which of them
 */
public record Rows(Tensor counts, int index) {}
