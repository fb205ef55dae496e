package dev.heddle.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.Ops;
import dev.heddle.ops.reference.ReferenceOps;
import java.util.Arrays;

/** Compares an operation on the device with the scalar backend's. */
final class Parity {
  /** Squared error over squared result, in float32. */
  static final double TOLERANCE = 1e-9;

  /** Rows of the tensors in tests; more than a tile, not a multiple of it. */
  static final int ROWS = 21;

  private static final int[] COUNTS = {1, 3, 4, 5, 8, ROWS};

  private Parity() {}

  /**
   * The device's results are the scalar ones within the tolerance, for every number of rows, and a
   * row's bits are the same in every batch.
   */
  static void check(String what, Scenario.Setup setup) {
    long seed = what.hashCode();
    try (Ops device = TestDevice.open();
        Ops reference = new ReferenceOps()) {
      Scenario tested = new Scenario(device, seed, setup);
      Scenario expected = new Scenario(reference, seed, setup);
      float[][] inLargest = tested.run(ROWS);
      for (int count : COUNTS) {
        float[][] actual = tested.run(count);
        assertThat(error(actual, expected.run(count)))
            .as("%s, %d rows, seed %d", what, count, seed)
            .isLessThanOrEqualTo(TOLERANCE);
        for (int row = 0; row < count; row++) {
          assertThat(Arrays.equals(actual[row], inLargest[row]))
              .as("%s: row %d of %d has the bits it has among %d", what, row, count, ROWS)
              .isTrue();
        }
      }
    }
  }

  /** Squared error over squared result; not a number if a result is none. */
  static double error(float[][] actual, float[][] expected) {
    double error = 0;
    double size = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = (double) actual[row][i] - expected[row][i];
        error += difference * difference;
        size += (double) expected[row][i] * expected[row][i];
      }
    }
    return error / size;
  }
}
