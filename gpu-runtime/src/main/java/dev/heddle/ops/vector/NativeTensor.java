package dev.heddle.ops.vector;

import dev.heddle.ops.Require;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;

/** [rows][cols] floats or ints without gaps, at an address. */
record NativeTensor(String name, int rows, int cols, boolean floats, long address)
    implements Tensor {

  static NativeTensor floats(Tensor tensor) {
    return typed(tensor, true);
  }

  static NativeTensor ints(Tensor tensor) {
    return typed(tensor, false);
  }

  private static NativeTensor typed(Tensor tensor, boolean floats) {
    NativeTensor t = (NativeTensor) tensor;
    Require.that(t.floats == floats, t.name, "has elements of the other type");
    return t;
  }

  /** The live number of rows. */
  static int count(Rows rows) {
    return ints(rows.counts()).intAt(rows.index());
  }

  /** This tensor, once it is certain to have so many rows. */
  NativeTensor holding(int count) {
    Require.that(count >= 0 && count <= rows, name, "has fewer rows than the batch");
    return this;
  }

  long row(int row) {
    return address + 4L * row * cols;
  }

  /** Bytes from one row to the next. */
  long stride() {
    return 4L * cols;
  }

  long elements() {
    return (long) rows * cols;
  }

  int intAt(int index) {
    return Lanes.getInt(address + 4L * index);
  }
}
