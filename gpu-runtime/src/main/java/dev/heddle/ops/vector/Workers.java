package dev.heddle.ops.vector;

import dev.heddle.ops.team.WorkerTeam;

/** The team, and the decision whether work is worth sharing. */
final class Workers {
  /**
   * Multiply-adds, or elements of comparable cost, below which a dispatch costs more than it saves.
   */
  private static final long WORTH_SHARING = 50_000;

  private final WorkerTeam team;

  Workers(WorkerTeam team) {
    this.team = team;
  }

  int count() {
    return team.size();
  }

  /** Runs all items of a task; {@code work} estimates how much they are together. */
  void run(WorkerTeam.Task task, int items, long work) {
    if (work < WORTH_SHARING) {
      for (int item = 0; item < items; item++) {
        task.run(0, item);
      }
    } else {
      team.run(task, items);
    }
  }
}
