package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RowMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link RowMath} by vectors. */
final class VectorRowMath implements RowMath {
  static final RowMath INSTANCE = new VectorRowMath();

  private VectorRowMath() {}

  @Override
  public float max(float[] row, int count) {
    float max = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (count >= Lanes.LANES) {
      FloatVector most = FloatVector.fromArray(Lanes.F, row, 0);
      for (i = Lanes.LANES; i < Lanes.F.loopBound(count); i += Lanes.LANES) {
        most = most.max(FloatVector.fromArray(Lanes.F, row, i));
      }
      max = most.reduceLanes(VectorOperators.MAX);
    }
    for (; i < count; i++) { // scalar tail
      max = Math.max(max, row[i]);
    }
    return max;
  }

  @Override
  public void weigh(float[] weights, float[] row, int count, float best, float temperature) {
    int i = 0;
    for (; i < Lanes.F.loopBound(count); i += Lanes.LANES) {
      FloatVector x = FloatVector.fromArray(Lanes.F, row, i).sub(best).div(temperature);
      VectorMath.exp(x).intoArray(weights, i);
    }
    for (; i < count; i++) { // scalar tail
      weights[i] = Numerics.exp((row[i] - best) / temperature);
    }
  }
}
