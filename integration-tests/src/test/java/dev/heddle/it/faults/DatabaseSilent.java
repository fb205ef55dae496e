package dev.heddle.it.faults;

import java.time.Duration;

/** PostgreSQL takes what is sent and answers nothing, as where a firewall drops packets. */
final class DatabaseSilent implements Fault {
  private static final Duration FOREVER = Duration.ofDays(1);

  @Override
  public String name() {
    return "PostgreSQL silent";
  }

  @Override
  public void begin(Place place) {
    place.database().delay(FOREVER);
  }

  @Override
  public void end(Place place) {
    place.database().delay(Duration.ZERO);
    place.database().cut(); // what was under way never arrives
  }
}
