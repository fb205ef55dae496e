package dev.heddle.runtime;

import dev.heddle.model.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how far a model's load is, every few seconds. */
final class LoadLog implements Progress {
  private static final Logger log = LoggerFactory.getLogger(LoadLog.class);
  private static final long PAUSE_NANOS = 3_000_000_000L;
  private static final long MIB = 1 << 20;

  private long lastNanos = System.nanoTime();

  @Override
  public void report(long bytesDone, long bytesTotal) {
    long now = System.nanoTime();
    if (now - lastNanos > PAUSE_NANOS) {
      lastNanos = now;
      log.info("base model: {} of {} MiB loaded", bytesDone / MIB, bytesTotal / MIB);
    }
  }
}
