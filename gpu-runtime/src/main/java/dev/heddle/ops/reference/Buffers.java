package dev.heddle.ops.reference;

import dev.heddle.ops.CacheShape;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;

/** Buffers as the scalar backend keeps them: plain arrays, row by row. */
@SuppressWarnings("ArrayRecordComponent") // handles: never compared by value
final class Buffers {
  private Buffers() {}

  /** [rows][cols] floats. */
  record Floats(String name, int rows, int cols, float[] values) implements Tensor {
    static Floats of(String name, int rows, int cols) {
      return new Floats(name, rows, cols, new float[Math.multiplyExact(rows, cols)]);
    }
  }

  /** [rows][cols] ints. */
  record Ints(String name, int rows, int cols, int[] values) implements Tensor {
    static Ints of(String name, int rows, int cols) {
      return new Ints(name, rows, cols, new int[Math.multiplyExact(rows, cols)]);
    }
  }

  /** Of each layer and group, slot by slot: value, then key. */
  record Cache(CacheShape shape, int blocks, int blockTokens, FloatStore values)
      implements KvCache {
    static Cache of(CacheShape shape, int blocks, int blockTokens) {
      long rows = (long) shape.layers() * shape.groups() * blocks * blockTokens;
      return new Cache(shape, blocks, blockTokens, new FloatStore(rows * shape.width()));
    }

    /** Where a token's row begins. */
    long at(int layer, int group, int slot) {
      long lane = (long) layer * shape.groups() + group;
      return (lane * blocks * blockTokens + slot) * shape.width();
    }
  }

  static float[] floatsOf(Tensor tensor) {
    return ((Floats) tensor).values();
  }

  static int[] intsOf(Tensor tensor) {
    return ((Ints) tensor).values();
  }

  /** The live number of rows, which every given tensor must have. */
  static int count(Rows rows, Tensor... tensors) {
    int count = intsOf(rows.counts())[rows.index()];
    for (Tensor tensor : tensors) {
      Shapes.require(
          count >= 0 && count <= tensor.rows(),
          tensor.name() + " has " + tensor.rows() + " rows, not " + count);
    }
    return count;
  }
}
