package dev.heddle.ops.reference;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Widening;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights as the scalar backend keeps them: float32, row by row. */
@SuppressWarnings("ArrayRecordComponent") // handles: never compared by value
final class Weights {
  private Weights() {}

  /** W[rows][cols]. */
  record Dense(int rows, int cols, float[] values) implements Matrix, RowTable {
    static Dense of(MatrixData data) {
      return new Dense(data.rows(), data.cols(), Widening.toFloats(data));
    }

    /** The parts below each other. */
    static Dense stacked(List<MatrixData> parts) {
      int cols = parts.getFirst().cols();
      int rows = parts.stream().mapToInt(MatrixData::rows).sum();
      float[] values = new float[Math.multiplyExact(rows, cols)];
      int offset = 0;
      for (MatrixData part : parts) {
        Shapes.require(part.cols() == cols, "stacked parts differ in width");
        for (int row = 0; row < part.rows(); row++, offset += cols) {
          Widening.row(part, row, values, offset);
        }
      }
      return new Dense(rows, cols, values);
    }

    Dense transpose() {
      float[] out = new float[values.length];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          out[c * rows + r] = values[r * cols + c];
        }
      }
      return new Dense(cols, rows, out);
    }

    /** out[outAt + r] = sum over k of W[r][k] x[xAt + k], one chain of fused multiply-adds. */
    void multiply(float[] out, int outAt, float[] x, int xAt) {
      for (int r = 0; r < rows; r++) {
        float sum = 0f;
        for (int k = 0; k < cols; k++) {
          sum = Math.fma(values[r * cols + k], x[xAt + k], sum);
        }
        out[outAt + r] = sum;
      }
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
  record Expert(Dense gate, Dense up, Dense down) {
    static Expert of(ExpertWeights weights) {
      return new Expert(Dense.of(weights.gate()), Dense.of(weights.up()), Dense.of(weights.down()));
    }
  }

  /** Slots of experts; an empty one is null. */
  record Pool(int hidden, int intermediate, @Nullable Expert[] experts) implements ExpertPool {
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
  }
}
