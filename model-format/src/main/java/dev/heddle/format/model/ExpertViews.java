package dev.heddle.format.model;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.safetensors.Checkpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Experts of a checkpoint as columns: routed ones as they are, shared ones as slices. */
public final class ExpertViews {
  private ExpertViews() {}

  /** The three matrices under a prefix that ends with a dot, of an MLP of a given width. */
  public static ExpertWeights mlp(
      Checkpoint checkpoint, WeightNames names, String prefix, int hidden, int width) {
    return new ExpertWeights(
        checkpoint.matrix(names.matrix(prefix, "gate"), width, hidden),
        checkpoint.matrix(names.matrix(prefix, "up"), width, hidden),
        checkpoint.matrix(names.matrix(prefix, "down"), hidden, width));
  }

  /**
   * One of the experts of width {@code intermediate} that a shared MLP is the sum of. The last one
   * may reach beyond the MLP: there it is filled up with zeros, which change no sum.
   *
   * @param index 0..S-1
   */
  public static ExpertWeights slice(ExpertWeights shared, int index, int intermediate) {
    int from = index * intermediate;
    int to = Math.min(from + intermediate, shared.gate().rows());
    MatrixData gate = shared.gate().rowSlice(from, to);
    MatrixData up = shared.up().rowSlice(from, to);
    MatrixData down = shared.down().columnSlice(from, to);
    if (to - from == intermediate) {
      return new ExpertWeights(gate, up, down);
    }
    int hidden = gate.cols();
    return new ExpertWeights(
        padded(gate, intermediate, hidden),
        padded(up, intermediate, hidden),
        padded(down, hidden, intermediate));
  }

  /** A copy with zeros after its rows and columns. */
  private static MatrixData padded(MatrixData matrix, int rows, int cols) {
    int element = matrix.dtype().bytes();
    MemorySegment bytes = Arena.ofAuto().allocate((long) rows * cols * element, Long.BYTES);
    for (int row = 0; row < matrix.rows(); row++) {
      long count = (long) matrix.cols() * element;
      long target = (long) row * cols * element;
      MemorySegment.copy(matrix.data(), row * matrix.rowStride(), bytes, target, count);
    }
    return MatrixData.dense(matrix.dtype(), rows, cols, bytes);
  }
}
