package dev.heddle.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid1D;

/** Work of a task: a number of work-groups of a fixed size. */
final class WorkGroups {
  private WorkGroups() {}

  static WorkerGrid1D of(long groups, int local) {
    WorkerGrid1D worker = new WorkerGrid1D(Math.toIntExact(groups * local));
    set(worker, groups, local);
    return worker;
  }

  /** The size of a group stays as it was: another one would cost a compilation. */
  static void set(WorkerGrid1D worker, long groups, int local) {
    worker.setGlobalWork(groups * local, 1, 1);
    worker.setLocalWork(local, 1, 1);
  }
}
