package dev.heddle.app.client.load;

import java.util.random.RandomGenerator;

/** What decides when the next request is sent. */
public sealed interface Pace {
  /** Time: an open loop, which a slow server does not slow down. */
  record Open(Arrivals arrivals) implements Pace {
    @Override
    public double[] seconds(int requests, RandomGenerator random) {
      return arrivals.seconds(requests, random);
    }

    @Override
    public int concurrency() {
      return Integer.MAX_VALUE;
    }
  }

  /** An answer's end: so many requests are under way at every moment. */
  record Closed(int concurrency) implements Pace {
    @Override
    public double[] seconds(int requests, RandomGenerator random) {
      return new double[requests];
    }
  }

  /** Seconds from the start before which no request is sent. */
  double[] seconds(int requests, RandomGenerator random);

  /** The most requests under way. */
  int concurrency();
}
