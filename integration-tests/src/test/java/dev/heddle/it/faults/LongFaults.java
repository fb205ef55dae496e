package dev.heddle.it.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./mvnw test -Pfaults -pl integration-tests -am}: a long schedule, another one each time.
 * {@code -Dheddle.faults.minutes} says for how long, {@code -Dheddle.faults.seed} which one.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class LongFaults {
  private static final long SEED = Long.getLong("heddle.faults.seed", System.nanoTime());
  private static final long MINUTES = Long.getLong("heddle.faults.minutes", 15);
  private static final int IDLE_CONNECTIONS = 10_000;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  private Path work;

  @Test
  void whatever_fails_comes_back_and_nothing_is_lost() throws Exception {
    new Schedule(SEED, Duration.ofSeconds(2), Duration.ofSeconds(30), IDLE_CONNECTIONS, 3)
        .run(work, Integer.MAX_VALUE, Duration.ofMinutes(MINUTES));
  }
}
