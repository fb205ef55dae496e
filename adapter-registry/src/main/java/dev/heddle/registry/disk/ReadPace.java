package dev.heddle.registry.disk;

import java.time.Duration;

/**
 * Limits a background reader to a number of bytes a second, so that other readers have the disk.
 */
public final class ReadPace {
  private ReadPace() {}

  /**
   * Waits as long as reading so much may take.
   *
   * @param read bytes that were just read
   * @param bytesPerSecond &gt; 0
   */
  public static void keep(long read, long bytesPerSecond) throws InterruptedException {
    Thread.sleep(Duration.ofNanos((long) (1e9 * read / bytesPerSecond)));
  }
}
