package dev.heddle.app.api.residency;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Durations as numbers of seconds, to the millisecond. */
final class Seconds {
  private Seconds() {}

  static double of(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  static Instant ago(Duration duration) {
    return Instant.now().minus(duration).truncatedTo(ChronoUnit.MILLIS);
  }
}
