package uk.ac.manchester.tornado.api;

import org.jspecify.annotations.Nullable;

/** How many work-items a task has and how they are grouped; read anew at each execution. */
public interface WorkerGrid {
  int dimension();

  /** Work-items per dimension. */
  long[] getGlobalWork();

  /** Work-items of a group per dimension; null until it is set. */
  long @Nullable [] getLocalWork();

  void setGlobalWork(long x, long y, long z);

  void setLocalWork(long x, long y, long z);
}
