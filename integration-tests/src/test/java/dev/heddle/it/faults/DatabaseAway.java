package dev.heddle.it.faults;

import java.io.IOException;

/** PostgreSQL is stopped, and started again. */
final class DatabaseAway implements Fault {
  @Override
  public String name() {
    return "PostgreSQL away";
  }

  @Override
  public void begin(Place place) {
    place.stopPostgres();
  }

  @Override
  public void end(Place place) throws IOException {
    place.startPostgres();
  }
}
