package dev.heddle.it.faults;

import java.time.Duration;
import java.util.Random;

/** Everything to and from PostgreSQL takes its time. */
final class DatabaseSlow implements Fault {
  private Duration delay = Duration.ofMillis(100);

  @Override
  public void draw(Random random) {
    delay = Duration.ofMillis(random.nextInt(20, 300));
  }

  @Override
  public String name() {
    return "PostgreSQL slow by " + delay.toMillis() + " ms each way";
  }

  @Override
  public void begin(Place place) {
    place.database().delay(delay);
  }

  @Override
  public void end(Place place) {
    place.database().delay(Duration.ZERO);
  }
}
