package dev.heddle.runtime;

import dev.heddle.model.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how far a model's load is, every tenth of it. */
final class LoadLog implements Progress {
  private static final Logger log = LoggerFactory.getLogger(LoadLog.class);
  private static final int TENTHS = 10;
  private static final double MIB = 1 << 20;

  private long logged;

  @Override
  public void report(long bytesDone, long bytesTotal) {
    long tenth = bytesTotal == 0 ? TENTHS : bytesDone * TENTHS / bytesTotal;
    if (tenth > logged) {
      logged = tenth;
      log.info(
          "base model: {} of {} MiB loaded",
          "%.1f".formatted(bytesDone / MIB),
          "%.1f".formatted(bytesTotal / MIB));
    }
  }
}
