package dev.heddle.ops;

/**
 * Cosines and sines by position.
 *
 * @param cos floats [positions][ropeDim / 2]
 * @param sin floats [positions][ropeDim / 2]
 */
public record RopeTable(Tensor cos, Tensor sin) {}
