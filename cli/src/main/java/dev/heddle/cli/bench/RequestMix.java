package dev.heddle.cli.bench;

import java.util.Arrays;
import java.util.Random;

/**
 * Requests that clients send one after the other: when, with which prompt, for which adapter.
 * Shares of adapters follow a power law as in S-LoRA's generator of load (arXiv 2311.03285): of n,
 * the i-th has {@code (i/n)^alpha - ((i-1)/n)^alpha}. So with alpha 1 all have the same, and of 20
 * with alpha 0.1 the first has 74 %.
 *
 * @param prompts [request][token]
 * @param adapters [request]: 0 to n - 1
 * @param arrivals [request]: nanoseconds after the first
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record RequestMix(int[][] prompts, int[] adapters, long[] arrivals) {
  /**
   * A mix that the seed determines.
   *
   * @param rate requests a second, at random times (a Poisson process); 0 for all at once
   */
  static RequestMix of(
      long seed,
      int requests,
      int promptTokens,
      int vocabulary,
      int adapterCount,
      double alpha,
      double rate) {
    Random random = new Random(seed);
    int[][] prompts = new int[requests][];
    int[] adapters = new int[requests];
    long[] arrivals = new long[requests];
    double seconds = 0;
    for (int i = 0; i < requests; i++) {
      prompts[i] = random.ints(promptTokens, 0, vocabulary).toArray();
      adapters[i] = (int) (adapterCount * Math.pow(random.nextDouble(), 1 / alpha));
      arrivals[i] = (long) (1e9 * seconds);
      seconds += rate == 0 ? 0 : -Math.log(1 - random.nextDouble()) / rate;
    }
    return new RequestMix(prompts, adapters, arrivals);
  }

  int requests() {
    return prompts.length;
  }

  /** Different adapters that are asked for. */
  int distinctAdapters() {
    return (int) Arrays.stream(adapters).distinct().count();
  }
}
