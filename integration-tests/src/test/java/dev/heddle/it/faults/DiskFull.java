package dev.heddle.it.faults;

import java.io.IOException;

/** No byte is free where the data folder is. */
final class DiskFull implements Fault {
  @Override
  public String name() {
    return "disk full";
  }

  @Override
  public boolean isPossible(Place place) {
    return place.disk().isOwn();
  }

  @Override
  public void begin(Place place) throws IOException {
    place.disk().fill();
  }

  @Override
  public void end(Place place) throws IOException {
    place.disk().free();
  }
}
