package dev.heddle.it.faults;

import java.io.IOException;
import java.time.Duration;

/** The machine's clock is set by an hour, and set right again. */
final class ClockSet implements Fault {
  private final Duration ahead;

  ClockSet(Duration ahead) {
    this.ahead = ahead;
  }

  @Override
  public String name() {
    return "clock set by " + ahead.toMinutes() + " minutes";
  }

  @Override
  public boolean isPossible(Place place) {
    return place.clock().canBeSet();
  }

  @Override
  public void begin(Place place) throws IOException {
    place.clock().set(ahead);
  }

  @Override
  public void end(Place place) throws IOException {
    place.clock().set(Duration.ZERO);
  }
}
