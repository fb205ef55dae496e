package dev.heddle.ops;

/**
 * How many rows of its tensors an operation works on: an element of an int tensor, not a number, so
 * that a recorded graph of operations can be replayed for another batch.
 *
 * @param counts ints [1][n]
 * @param index which of them
 */
public record Rows(Tensor counts, int index) {}
