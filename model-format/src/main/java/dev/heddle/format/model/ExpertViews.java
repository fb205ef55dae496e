package dev.heddle.format.model;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.safetensors.Checkpoint;

/** Experts of a checkpoint as columns: routed ones as they are, shared ones as slices. */
public final class ExpertViews {
  private ExpertViews() {}

  /** The three matrices under a prefix that ends with a dot, of an MLP of a given width. */
  public static ExpertWeights mlp(Checkpoint checkpoint, String prefix, int hidden, int width) {
    return new ExpertWeights(
        checkpoint.matrix(prefix + "gate_proj.weight", width, hidden),
        checkpoint.matrix(prefix + "up_proj.weight", width, hidden),
        checkpoint.matrix(prefix + "down_proj.weight", hidden, width));
  }

  /**
   * One of the experts of width {@code intermediate} that a shared MLP is the sum of.
   *
   * @param index 0..S-1
   */
  public static ExpertWeights slice(ExpertWeights shared, int index, int intermediate) {
    int from = index * intermediate;
    int to = from + intermediate;
    MatrixData down = shared.down();
    return new ExpertWeights(
        shared.gate().rowSlice(from, to),
        shared.up().rowSlice(from, to),
        down.columnSlice(from, to));
  }
}
