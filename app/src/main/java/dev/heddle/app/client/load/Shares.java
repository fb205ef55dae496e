package dev.heddle.app.client.load;

import java.util.random.RandomGenerator;

/**
 * How often each of several models is asked: the i-th in proportion to i to the power of -alpha.
 *
 * @param models at least one
 * @param alpha 0 asks all alike; at 1 (Zipf) the first of 20 gets 28 % of the requests
 */
record Shares(int models, double alpha) {
  /** The index of the model that one request asks. */
  int draw(RandomGenerator random) {
    double left = random.nextDouble() * total();
    for (int i = 0; i < models - 1; i++) {
      left -= weight(i);
      if (left < 0) {
        return i;
      }
    }
    return models - 1;
  }

  private double total() {
    double total = 0;
    for (int i = 0; i < models; i++) {
      total += weight(i);
    }
    return total;
  }

  private double weight(int index) {
    return Math.pow(index + 1.0, -alpha);
  }
}
