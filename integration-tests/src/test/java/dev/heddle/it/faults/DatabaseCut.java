package dev.heddle.it.faults;

import java.time.Duration;

/** Connections to PostgreSQL are cut again and again, in the middle of whatever they carry. */
final class DatabaseCut implements Fault {
  private static final Duration EVERY = Duration.ofMillis(150);

  private volatile boolean cutting;

  @Override
  public String name() {
    return "connections to PostgreSQL cut";
  }

  @Override
  public void begin(Place place) {
    cutting = true;
    Thread.ofVirtual()
        .start(() -> {
          while (cutting) {
            place.database().cut();
            TcpProxy.pause(EVERY);
          }
        });
  }

  @Override
  public void end(Place place) {
    cutting = false;
  }
}
