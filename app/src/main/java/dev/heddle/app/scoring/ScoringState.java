package dev.heddle.app.scoring;

/** Where a job stands. */
public enum ScoringState {
  QUEUED,
  RUNNING,
  DONE,
  FAILED,
  CANCELLED;

  /** Whether nothing follows. */
  public boolean isEnd() {
    return this == DONE || this == FAILED || this == CANCELLED;
  }
}
