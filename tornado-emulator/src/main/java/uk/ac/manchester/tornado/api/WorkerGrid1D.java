package uk.ac.manchester.tornado.api;

import org.jspecify.annotations.Nullable;

/** A grid along one axis. */
public class WorkerGrid1D implements WorkerGrid {
  private long[] global;
  private long @Nullable [] local;

  public WorkerGrid1D(int x) {
    global = new long[] {x, 1, 1};
  }

  @Override
  public int dimension() {
    return 1;
  }

  @Override
  public long[] getGlobalWork() {
    return global.clone();
  }

  @Override
  public long @Nullable [] getLocalWork() {
    return local == null ? null : local.clone();
  }

  @Override
  public void setGlobalWork(long x, long y, long z) {
    global = new long[] {x, y, z};
  }

  @Override
  public void setLocalWork(long x, long y, long z) {
    local = new long[] {x, y, z};
  }
}
