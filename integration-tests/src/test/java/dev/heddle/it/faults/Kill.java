package dev.heddle.it.faults;

import java.io.IOException;

/** {@code kill -9} under load, and a supervisor that starts it again. */
final class Kill implements Fault {
  @Override
  public String name() {
    return "kill -9";
  }

  @Override
  public boolean isDeath() {
    return true;
  }

  @Override
  public void begin(Place place) {
    place.platform().kill();
  }

  @Override
  public void end(Place place) throws IOException {
    place.platform().startAgain();
  }
}
