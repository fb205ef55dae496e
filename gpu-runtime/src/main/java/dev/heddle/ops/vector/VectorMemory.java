package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.Require;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Makes the buffers and weights of {@link VectorOps} at boot, and frees them at the end. */
final class VectorMemory {
  private static final long HUGE_PAGE = 2L << 20;

  private final Workers workers;
  private final List<NativeMemory> owned = new ArrayList<>();
  private PackedWeights kept = PackedWeights.NONE;
  private int asked;

  VectorMemory(Workers workers) {
    this.workers = workers;
  }

  /** Has matrices and tables that are made from now on asked for before they are packed. */
  void use(PackedWeights weights) {
    kept = weights;
  }

  /** Whether a range need not be packed; its name tells it from others of the same weights. */
  private boolean isKept(String name, long address, long bytes) {
    return kept.fill(asked++ + " " + name, address, bytes);
  }

  long reserve(long bytes) {
    NativeMemory memory = NativeMemory.reserve(Math.max(bytes, 1), bytes >= HUGE_PAGE);
    owned.add(memory);
    return memory.address();
  }

  NativeTensor tensor(String name, int rows, int cols, boolean floats) {
    return new NativeTensor(name, rows, cols, floats, reserve(4L * rows * cols));
  }

  NativeTensor vector(String name, MatrixData data) {
    float[] values = Widening.toFloats(data);
    NativeTensor tensor = tensor(name, 1, values.length, true);
    MemorySegment.copy(
        MemorySegment.ofArray(values), 0, NativeMemory.ALL, tensor.address(), 4L * values.length);
    return tensor;
  }

  PanelMatrix matrix(String name, StoredRows source, WeightFormat wanted) {
    requireFits(name, source, wanted);
    WeightFormat format = PanelMatrix.format(wanted, source.cols());
    long bytes = PanelMatrix.bytes(source.rows(), source.cols(), format);
    PanelMatrix matrix = new PanelMatrix(source.rows(), source.cols(), format, reserve(bytes));
    if (!isKept(name, matrix.address(), bytes)) {
      workers.run(
          (worker, panel) -> PanelPacker.pack(source, panel, format, matrix.panel(panel)),
          matrix.panels(),
          (long) source.rows() * source.cols());
    }
    return matrix;
  }

  /** Panels of floats keep what is stored; those of int8 hold pairs of columns. */
  static void requireFits(String name, StoredRows source, WeightFormat format) {
    if (format == WeightFormat.INT8) {
      Require.that(source.cols() % 2 == 0, name, "has an odd width, which int8 cannot hold");
    } else {
      Require.that(source.format() == format, name, "is not stored as " + format);
    }
  }

  VectorHandles.Table table(String name, MatrixData data) {
    DType dtype = data.dtype();
    long rowBytes = (long) data.cols() * dtype.bytes();
    VectorHandles.Table table =
        new VectorHandles.Table(data.rows(), data.cols(), dtype, reserve(rowBytes * data.rows()));
    if (isKept(name, table.row(0), rowBytes * data.rows())) {
      return table;
    }
    for (int row = 0; row < data.rows(); row++) {
      MemorySegment.copy(
          data.data(), row * data.rowStride(), NativeMemory.ALL, table.row(row), rowBytes);
    }
    return table;
  }

  void close() {
    owned.forEach(NativeMemory::close);
    owned.clear();
  }
}
