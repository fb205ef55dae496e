package dev.heddle.ops.reference;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.Int8Blocks;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.WeightFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights as the scalar backend keeps them: float32, row by row. */
@SuppressWarnings("ArrayRecordComponent") // handles: never compared by value
final class Weights {
  private Weights() {}

  /** W[rows][cols]. */
  record Dense(int rows, int cols, FloatStore values) implements Matrix, RowTable, AutoCloseable {
    static Dense of(MatrixData data) {
      return stacked(List.of(data), WeightFormat.F32);
    }

    /** The parts below each other, with the values that a format keeps. */
    static Dense stacked(List<MatrixData> parts, WeightFormat format) {
      int cols = parts.getFirst().cols();
      int rows = parts.stream().mapToInt(MatrixData::rows).sum();
      FloatStore values = new FloatStore((long) rows * cols);
      float[] line = new float[cols];
      long at = 0;
      for (MatrixData part : parts) {
        Shapes.require(part.cols() == cols, "stacked parts differ in width");
        for (int row = 0; row < part.rows(); row++, at += cols) {
          Widening.row(part, row, line, 0);
          if (format == WeightFormat.INT8) {
            Int8Blocks.round(line);
          }
          values.write(at, line, 0, cols);
        }
      }
      return new Dense(rows, cols, values);
    }

    static Dense transposed(MatrixData data) {
      FloatStore values = new FloatStore((long) data.rows() * data.cols());
      float[] line = new float[data.cols()];
      for (int row = 0; row < data.rows(); row++) {
        Widening.row(data, row, line, 0);
        for (int c = 0; c < line.length; c++) {
          values.set((long) c * data.rows() + row, line[c]);
        }
      }
      return new Dense(data.cols(), data.rows(), values);
    }

    /** out[outAt + r] = sum over k of W[r][k] x[xAt + k], one chain of fused multiply-adds. */
    void multiply(float[] out, int outAt, float[] x, int xAt) {
      for (int r = 0; r < rows; r++) {
        long row = (long) r * cols;
        float sum = 0f;
        for (int k = 0; k < cols; k++) {
          sum = Math.fma(values.get(row + k), x[xAt + k], sum);
        }
        out[outAt + r] = sum;
      }
    }

    @Override
    public void close() {
      values.close();
    }
  }

  /** One matrix a head. */
  record PerHead(List<Dense> parts) implements HeadMatrix {
    @Override
    public int heads() {
      return parts.size();
    }

    @Override
    public int rows() {
      return parts.getFirst().rows();
    }

    @Override
    public int cols() {
      return parts.getFirst().cols();
    }
  }

  /** gate [I][H], up [I][H], down [H][I]. */
  record Expert(Dense gate, Dense up, Dense down) implements AutoCloseable {
    static Expert of(ExpertWeights weights, WeightFormat format) {
      return new Expert(
          Dense.stacked(List.of(weights.gate()), format),
          Dense.stacked(List.of(weights.up()), format),
          Dense.stacked(List.of(weights.down()), format));
    }

    @Override
    public void close() {
      gate.close();
      up.close();
      down.close();
    }
  }

  /** Slots of experts; an empty one is null. */
  record Pool(int hidden, int intermediate, WeightFormat format, @Nullable Expert[] experts)
      implements ExpertPool, AutoCloseable {
    @Override
    public int slots() {
      return experts.length;
    }

    @Override
    public long slotBytes() {
      return 3L * hidden * intermediate * Float.BYTES;
    }

    Expert expert(int slot) {
      Expert expert = experts[slot];
      if (expert == null) {
        throw new IllegalStateException("expert slot " + slot + " is empty");
      }
      return expert;
    }

    void replace(int slot, @Nullable Expert expert) {
      Expert old = experts[slot];
      experts[slot] = expert;
      if (old != null) {
        old.close();
      }
    }

    @Override
    public void close() {
      for (int slot = 0; slot < experts.length; slot++) {
        replace(slot, null);
      }
    }
  }
}
