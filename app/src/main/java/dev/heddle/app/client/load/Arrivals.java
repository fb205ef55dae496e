package dev.heddle.app.client.load;

import java.util.random.RandomGenerator;

/**
 * When requests come, whatever becomes of those before them (an open loop). The gaps between them
 * have a Gamma distribution, as in S-LoRA (arXiv 2311.03285).
 *
 * @param rate requests a second, &gt; 0
 * @param cv coefficient of variation of the gaps, &gt; 0: 1 is a Poisson process, more comes in
 *     bursts
 */
public record Arrivals(double rate, double cv) {
  public Arrivals {
    if (!(rate > 0) || !(cv > 0)) {
      throw new IllegalArgumentException("rate and cv are more than 0");
    }
  }

  /** Seconds from the start at which so many requests come, in their order. */
  double[] seconds(int requests, RandomGenerator random) {
    double shape = 1 / (cv * cv);
    double[] at = new double[requests];
    double now = 0;
    for (int i = 0; i < requests; i++) {
      now += gamma(shape, random) / (shape * rate);
      at[i] = now;
    }
    return at;
  }

  /**
   * Of scale 1, by G. Marsaglia and W. W. Tsang, A simple method for generating gamma variables.
   */
  private static double gamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
