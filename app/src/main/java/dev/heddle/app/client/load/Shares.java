package dev.heddle.app.client.load;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How often each of several models is asked: the i-th in proportion to i to the power of -alpha.
 */
final class Shares {
  /** Sum of the weights up to each model. */
  private final double[] sums;

  /**
   * @param models at least one
   * @param alpha 0 asks all alike; at 1 (Zipf) the first of 20 gets 28 % of the requests
   */
  Shares(int models, double alpha) {
    sums = new double[models];
    double sum = 0;
    for (int i = 0; i < models; i++) {
      sum += Math.pow(i + 1.0, -alpha);
      sums[i] = sum;
    }
  }

  /** The index of the model that one request asks. */
  int draw(RandomGenerator random) {
    double drawn = random.nextDouble() * sums[sums.length - 1];
    int found = Arrays.binarySearch(sums, drawn);
    return Math.min(found < 0 ? -found - 1 : found + 1, sums.length - 1);
  }
}
