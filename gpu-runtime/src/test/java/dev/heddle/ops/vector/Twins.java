package dev.heddle.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.reference.ReferenceOps;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The scalar and the SIMD backend side by side, given the same data and asked the same things. */
final class Twins implements AutoCloseable {
  final Ops reference = new ReferenceOps();
  final Ops vector;
  final Random random;

  Twins(int threads, long seed) {
    vector = new VectorOps(threads);
    random = new Random(seed);
  }

  /** What one creation made on each backend. */
  record Both<T>(T reference, T vector) {}

  <T> Both<T> make(Function<Ops, T> creation) {
    return new Both<>(creation.apply(reference), creation.apply(vector));
  }

  Both<Tensor> floats(int rows, int cols, boolean spiked) {
    float[] values = values(rows * cols, spiked);
    return make(ops -> {
      Tensor tensor = ops.floats("floats", rows, cols);
      ops.write(tensor, values, values.length);
      return tensor;
    });
  }

  Both<Tensor> ints(int rows, int cols, int... values) {
    return make(ops -> {
      Tensor tensor = ops.ints("ints", rows, cols);
      ops.write(tensor, values, values.length);
      return tensor;
    });
  }

  Both<Rows> rows(int count) {
    Both<Tensor> counts = ints(1, 1, count);
    return new Both<>(new Rows(counts.reference, 0), new Rows(counts.vector, 0));
  }

  /** Floats of moderate size; if spiked, some are zeros of both signs, denormal, tiny or large. */
  float[] values(int n, boolean spiked) {
    float[] spikes = {0f, -0f, Float.MIN_VALUE, -1e-40f, 1e-30f, -3e8f, 7e9f, 100f, -100f};
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          spiked && random.nextInt(4) == 0
              ? spikes[random.nextInt(spikes.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }

  /** A stored matrix, with a gap after every row. */
  MatrixData stored(DType dtype, int rows, int cols, boolean spiked) {
    int gap = 3;
    long stride = (long) (cols + gap) * dtype.bytes();
    MemorySegment data = MemorySegment.ofArray(new byte[(int) (rows * stride)]);
    float[] values = values(rows * cols, spiked);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        put(data, dtype, r * stride + (long) c * dtype.bytes(), values[r * cols + c]);
      }
    }
    return new MatrixData(dtype, rows, cols, data, stride);
  }

  private static void put(MemorySegment data, DType dtype, long at, float value) {
    switch (dtype) {
      case BF16 ->
          data.set(
              little(ValueLayout.JAVA_SHORT_UNALIGNED),
              at,
              (short) (Float.floatToRawIntBits(value) >>> 16));
      case F16 ->
          data.set(
              little(ValueLayout.JAVA_SHORT_UNALIGNED),
              at,
              Float.floatToFloat16(Math.clamp(value, -60000f, 60000f)));
      case F32 ->
          data.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, value);
    }
  }

  private static ValueLayout.OfShort little(ValueLayout.OfShort layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  /** Every backend in turn, with its half of the handles. */
  void run(BiConsumer<Ops, Half> operation) {
    operation.accept(reference, new Half(true));
    operation.accept(vector, new Half(false));
  }

  /** Chooses one backend's half. */
  record Half(boolean first) {
    <T> T of(Both<T> both) {
      return first ? both.reference : both.vector;
    }
  }

  void assertSameFloats(String what, Both<Tensor> tensor, int rows) {
    for (int row = 0; row < rows; row++) {
      float[] expected = new float[tensor.reference.cols()];
      float[] actual = new float[expected.length];
      reference.read(tensor.reference, row, expected);
      vector.read(tensor.vector, row, actual);
      if (!Arrays.equals(bits(actual), bits(expected))) {
        assertThat(words(actual)).as(what + ", row " + row).isEqualTo(words(expected));
      }
    }
  }

  void assertSameInts(String what, Both<Tensor> tensor, int rows) {
    for (int row = 0; row < rows; row++) {
      int[] expected = new int[tensor.reference.cols()];
      int[] actual = new int[expected.length];
      reference.read(tensor.reference, row, expected);
      vector.read(tensor.vector, row, actual);
      assertThat(actual).as(what + ", row " + row).isEqualTo(expected);
    }
  }

  /** NaN counts as NaN, zeros have signs. */
  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static List<String> words(float[] values) {
    List<String> words = new ArrayList<>();
    for (float value : values) {
      words.add(Float.toHexString(value));
    }
    return words;
  }

  @Override
  public void close() {
    reference.close();
    vector.close();
  }
}
