package dev.heddle.tornado;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One operation set up on a backend: handles, random contents, and the pass that calls it. Built
 * twice from one seed, on the device and on the scalar backend, it has equal contents on both.
 */
final class Scenario {
  /** What a test says of an operation: makes its handles and names what it writes. */
  interface Setup {
    Runnable on(Scenario scenario);
  }

  final Ops ops;
  final Random random;
  final Rows rows;
  private final List<Tensor> results = new ArrayList<>();

  Scenario(Ops ops, long seed, Setup setup) {
    this.ops = ops;
    this.random = new Random(seed);
    Tensor counts = ops.ints("counts", 1, 3);
    this.rows = new Rows(counts, 1);
    Runnable pass = setup.on(this);
    ops.prepare(pass);
    this.pass = pass;
  }

  private final Runnable pass;

  /** Runs the pass for so many rows; returns the results' rows, one array a row. */
  float[][] run(int count) {
    ops.write(rows.counts(), new int[] {0, count, 0}, 3);
    ops.beginPass();
    pass.run();
    ops.endPass();
    float[][] all = new float[count][];
    for (int row = 0; row < count; row++) {
      float[] line = new float[results.stream().mapToInt(Tensor::cols).sum()];
      int at = 0;
      for (Tensor result : results) {
        float[] part = new float[result.cols()];
        ops.read(result, row, part);
        System.arraycopy(part, 0, line, at, part.length);
        at += part.length;
      }
      all[row] = line;
    }
    return all;
  }

  /** A result that is compared. */
  Tensor result(Tensor tensor) {
    results.add(tensor);
    return tensor;
  }

  Tensor floats(int rowCount, int cols) {
    float[] values = new float[rowCount * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Tensor tensor = ops.floats("floats", rowCount, cols);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  Tensor empty(int rowCount, int cols) {
    return ops.floats("result", rowCount, cols);
  }

  Tensor ints(int rowCount, int cols, int... values) {
    Tensor tensor = ops.ints("ints", rowCount, cols);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  Tensor vector(int size) {
    return ops.vector("vector", stored(DType.F32, 1, size));
  }

  /** A stored matrix with a gap after every row. */
  MatrixData stored(DType dtype, int rowCount, int cols) {
    long stride = (cols + 3L) * dtype.bytes();
    MemorySegment data = MemorySegment.ofArray(new byte[(int) (rowCount * stride)]);
    for (int r = 0; r < rowCount; r++) {
      for (int c = 0; c < cols; c++) {
        put(data, dtype, r * stride + (long) c * dtype.bytes(), (float) random.nextGaussian());
      }
    }
    return new MatrixData(dtype, rowCount, cols, data, stride);
  }

  private static void put(MemorySegment data, DType dtype, long at, float value) {
    int bits = Float.floatToRawIntBits(value);
    switch (dtype) {
      case BF16 -> data.set(SHORT, at, (short) (bits >>> 16));
      case F16 -> data.set(SHORT, at, Float.floatToFloat16(value));
      case F32 -> data.set(INT, at, bits);
    }
  }

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
}
