package dev.heddle.ops;

/**
 * What drawing a token does with every element of a row. A backend may do it faster, with the same
 * bits. Any thread.
 */
public interface RowMath {
  /** The definition, one element after the other. */
  RowMath SCALAR =
      new RowMath() {
        @Override
        public float max(float[] row, int count) {
          float max = Float.NEGATIVE_INFINITY;
          for (int i = 0; i < count; i++) {
            max = Math.max(max, row[i]);
          }
          return max;
        }

        @Override
        public void weigh(float[] weights, float[] row, int count, float best, float temperature) {
          for (int i = 0; i < count; i++) {
            weights[i] = Numerics.exp((row[i] - best) / temperature);
          }
        }
      };

  /** The largest of the first {@code count} elements; NaN if one is, negative infinity of none. */
  float max(float[] row, int count);

  /**
   * {@code weights[i] = exp((row[i] - best) / temperature)} of the first {@code count} elements, by
   * {@link Numerics#exp}.
   */
  void weigh(float[] weights, float[] row, int count, float best, float temperature);
}
