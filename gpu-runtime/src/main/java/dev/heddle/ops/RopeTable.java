package dev.heddle.ops;

/**
 * Cosines and sines by position, of pairs of floats that rotate together.
 *
 * @param cos floats [positions][ropeDim / 2]
 * @param sin floats [positions][ropeDim / 2]
 * @param halves pairs are (i, i + ropeDim / 2); otherwise (2i, 2i + 1)
 */
public record RopeTable(Tensor cos, Tensor sin, boolean halves) {
  /** Floats from one pair's first to the next pair's. */
  public int step() {
    return halves ? 1 : 2;
  }

  /** Floats from a pair's first to its second. */
  public int distance() {
    return halves ? cos.cols() : 1;
  }
}
