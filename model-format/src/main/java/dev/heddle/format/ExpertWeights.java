package dev.heddle.format;

/**
 * The three matrices of one expert of width I over hidden size H: {@code down(silu(gate x) * up
 * x)}. A shared MLP of width S*I is S of these: row slices of gate and up, column slices of down.
 *
 * @param gate [I][H]
 * @param up [I][H]
 * @param down [H][I]
 */
public record ExpertWeights(MatrixData gate, MatrixData up, MatrixData down) {
  /** As {@link MatrixData#release}, of all three. */
  public void release() {
    gate.release();
    up.release();
    down.release();
  }
}
