package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Random contents of what benchmarks work on; DeepSeek-V2-Lite's sizes. One thread. */
final class Made {
  static final int HIDDEN = 2048;
  static final int INTERMEDIATE = 1408;
  static final int HEADS = 16;
  static final int LATENT = 512;
  static final int ROPE = 64;
  static final int QUERY = 192; // of a head, the last ROPE of them rotated
  static final int VOCABULARY = 102_400;

  private final VectorOps ops;
  private final Random random = new Random(1);

  Made(VectorOps ops) {
    this.ops = ops;
  }

  static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Numbers from -0.5 to 0.5. */
  Tensor floats(String name, int rows, int cols) {
    Tensor tensor = ops.floats(name, rows, cols);
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    ops.write(tensor, values, values.length);
    return tensor;
  }

  Tensor ints(String name, int rows, int cols, int[] values) {
    Tensor tensor = ops.ints(name, rows, cols);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  /** So many live rows. */
  Rows rows(int count) {
    return new Rows(ints("counts", 1, 1, new int[] {count}), 0);
  }

  /** BF16, as matrices of weights are stored, or the same numbers as F32. */
  MatrixData matrix(Arena arena, DType dtype, int rows, int cols) {
    MemorySegment data = arena.allocate((long) dtype.bytes() * rows * cols);
    for (long i = 0; i < (long) rows * cols; i++) {
      int bits = Float.floatToRawIntBits(random.nextFloat() - 0.5f);
      if (dtype == DType.BF16) {
        data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
      } else {
        data.setAtIndex(ValueLayout.JAVA_INT, i, bits);
      }
    }
    return MatrixData.dense(dtype, rows, cols, data);
  }
}
