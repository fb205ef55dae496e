package dev.heddle.it.faults;

import java.util.Locale;

/** The S3 server does not answer as it should. */
final class BucketBent implements Fault {
  private final BucketProxy.Way way;

  BucketBent(BucketProxy.Way way) {
    this.way = way;
  }

  @Override
  public String name() {
    return "S3 " + way.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public void begin(Place place) {
    place.bucket().way(way);
  }

  @Override
  public void end(Place place) {
    place.bucket().way(BucketProxy.Way.STRAIGHT);
  }
}
