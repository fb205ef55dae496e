package dev.heddle.app.client.load;

import java.util.random.RandomGenerator;

/** What decides when the next request is sent. */
public sealed interface Pace {
  /** Time: an open loop, which a slow server does not slow down. */
  record Open(Arrivals arrivals) implements Pace {}

  /** An answer's end: so many requests are under way at every moment. */
  record Closed(int concurrency) implements Pace {}

  /** Seconds from the start before which no request is sent. */
  default double[] seconds(int requests, RandomGenerator random) {
    return switch (this) {
      case Open(Arrivals arrivals) -> arrivals.seconds(requests, random);
      case Closed closed -> new double[requests];
    };
  }

  /** The most requests under way. */
  default int concurrency() {
    return this instanceof Closed(int concurrency) ? concurrency : Integer.MAX_VALUE;
  }
}
