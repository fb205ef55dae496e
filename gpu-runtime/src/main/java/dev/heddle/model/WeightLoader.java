package dev.heddle.model;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Precision;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings weights from their source to the backend and says how far it is. What the backend has
 * copied need not stay in memory, so the source is told to let go of it at once.
 */
final class WeightLoader {
  private final WeightSource source;
  private final Ops ops;
  private final Precision precision;
  private final Progress progress;
  private final long total;
  private long done;

  WeightLoader(WeightSource source, Ops ops, Precision precision, Progress progress) {
    this.source = source;
    this.ops = ops;
    this.precision = precision;
    this.progress = progress;
    this.total = MemoryEstimate.checkpointBytes(source.shape());
  }

  ModelShape shape() {
    return source.shape();
  }

  Tensor vector(String name, int size) {
    MatrixData data = source.vector(name, size);
    return loaded(ops.vector(name, data), data);
  }

  /** A bias where the model has biases, else null. */
  @Nullable Tensor bias(boolean present, String name, int size) {
    return present ? vector(name, size) : null;
  }

  Matrix matrix(String name, int rows, int cols) {
    MatrixData data = source.matrix(name, rows, cols);
    return loaded(ops.matrix(name, List.of(data), precision.of(name, data.dtype())), data);
  }

  RowTable rowTable(String name, int rows, int cols) {
    MatrixData data = source.matrix(name, rows, cols);
    return loaded(ops.rowTable(name, data), data);
  }

  /**
   * One slice of a matrix's rows a head.
   *
   * @param stride rows of one head
   * @param from first row of the slice within a head's rows
   */
  HeadMatrix headMatrix(
      String name, int heads, int stride, int from, int rows, int cols, boolean transposed) {
    MatrixData data = source.matrix(name, heads * stride, cols);
    List<MatrixData> parts = new ArrayList<>(heads);
    for (int head = 0; head < heads; head++) {
      parts.add(data.rowSlice(head * stride + from, head * stride + from + rows));
    }
    HeadMatrix matrix = ops.headMatrix(name, parts, transposed);
    parts.forEach(this::count);
    data.release();
    return matrix;
  }

  /** Fills a slot; any thread. */
  void expert(ExpertPool pool, int slot, int layer, int column) {
    ExpertWeights expert = source.expert(layer, column);
    ops.fillSlot(pool, slot, expert);
    count(expert.gate());
    count(expert.up());
    count(expert.down());
    expert.release();
  }

  private <T> T loaded(T copy, MatrixData data) {
    count(data);
    data.release();
    return copy;
  }

  private synchronized void count(MatrixData data) {
    done += (long) data.rows() * data.cols() * data.dtype().bytes();
    progress.report(Math.min(done, total), total);
  }

  /** Everything is where it belongs; a backend may have read weights later than it was told of. */
  void finish() {
    source.release();
  }
}
