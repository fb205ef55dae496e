package dev.heddle.it.faults;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short schedule, the same each time: a kill, the database cut, away and read-only, the bucket
 * failing and lying, a full disk, a wrong clock. {@code -Dheddle.faults.seed} draws another one,
 * {@code -Dheddle.faults.count} says how many; {@link LongFaults} goes on for longer.
 */
class FaultsTest {
  private static final long SEED = Long.getLong("heddle.faults.seed", 91_844);
  private static final int FAULTS = Integer.getInteger("heddle.faults.count", 8);

  @TempDir(cleanup = CleanupMode.ALWAYS)
  private Path work;

  @Test
  void whatever_fails_comes_back_and_nothing_is_lost() throws Exception {
    new Schedule(SEED, Duration.ofMillis(1000), Duration.ofMillis(2000), 500, 0)
        .run(work, FAULTS, Duration.ofMinutes(4));
  }
}
