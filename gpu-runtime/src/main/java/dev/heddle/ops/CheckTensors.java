package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random weights and buffers of a self check, the same for every backend; what its batch is: tokens
 * 0 to a live count of one sequence, at the positions of their numbers, in blocks of the cache in
 * order.
 */
final class CheckTensors {
  static final int TOKENS = 21;
  static final int BLOCK = 16;
  static final int BLOCKS = 2;

  final Ops ops;
  final Rows rows;
  final Tensor positions;
  final Tensor sequences;
  final Tensor blockTables;
  private final Tensor counts;
  private final int[] countHolder = new int[1];
  private final Random random = new Random(7);

  CheckTensors(Ops ops) {
    this.ops = ops;
    counts = ops.ints("counts", 1, 1);
    rows = new Rows(counts, 0);
    positions = column("positions");
    sequences = ops.ints("sequences", TOKENS, 1);
    blockTables = row("block tables", BLOCKS);
  }

  /** How many tokens the next pass has. */
  void live(int count) {
    countHolder[0] = count;
    ops.write(counts, countHolder, 1);
  }

  /** A buffer of floats, a row a token. */
  Tensor floats(String name, int cols) {
    return ops.floats(name, TOKENS, cols);
  }

  /** The numbers of tokens. */
  Tensor column(String name) {
    return counting(ops.ints(name, TOKENS, 1), TOKENS);
  }

  /** Numbers from 0, in one row. */
  Tensor row(String name, int n) {
    return counting(ops.ints(name, 1, n), n);
  }

  private Tensor counting(Tensor tensor, int n) {
    int[] values = new int[n];
    Arrays.setAll(values, i -> i);
    ops.write(tensor, values, n);
    return tensor;
  }

  /** Angles of so many pairs at every position. */
  RopeTable rope(int pairs, boolean halves) {
    return new RopeTable(angles("cos", pairs), angles("sin", pairs), halves);
  }

  private Tensor angles(String name, int pairs) {
    float[] values = new float[TOKENS * pairs];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor tensor = ops.floats(name, TOKENS, pairs);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  Tensor vector(String name, int size) {
    return ops.vector(name, weights(DType.F32, 1, size));
  }

  Matrix matrix(DType dtype, int rows, int cols) {
    return ops.matrix("matrix", List.of(weights(dtype, rows, cols)));
  }

  MatrixData weights(DType dtype, int rows, int cols) {
    MemorySegment data = MemorySegment.ofArray(new byte[rows * cols * dtype.bytes()]);
    for (int i = 0; i < rows * cols; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian() * 0.2f);
      if (dtype == DType.F32) {
        data.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 4L * i, bits);
      } else {
        data.set(
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
            2L * i,
            (short) (bits >>> 16));
      }
    }
    return MatrixData.dense(dtype, rows, cols, data);
  }
}
