package dev.heddle.model;

/** Told how far a long step is; called from several threads, but never by two at once. */
@FunctionalInterface
public interface Progress {
  /** Ignores what it is told. */
  Progress NONE = (done, total) -> {};

  void report(long bytesDone, long bytesTotal);
}
