package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels and grids that the tests of the emulator run. */
final class TestKernels {
  private TestKernels() {}

  /** A plan of the graphs, each of whose tasks has this grid. */
  static TornadoExecutionPlan plan(int global, int local, TaskGraph... graphs) {
    WorkerGrid1D grid = new WorkerGrid1D(global);
    grid.setLocalWork(local, 1, 1);
    GridScheduler grids = new GridScheduler();
    ImmutableTaskGraph[] snapshots = new ImmutableTaskGraph[graphs.length];
    for (int i = 0; i < graphs.length; i++) {
      snapshots[i] = graphs[i].snapshot();
      for (Task task : snapshots[i].tasks) {
        grids.addWorkerGrid(graphs[i].getTaskGraphName() + "." + task.id(), grid);
      }
    }
    return new TornadoExecutionPlan(snapshots).withGridScheduler(grids);
  }

  static FloatArray counting(int size) {
    FloatArray array = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, i);
    }
    return array;
  }

  static void copy(KernelContext context, FloatArray from, FloatArray to) {
    int i = context.globalIdx;
    to.set(i, from.get(i));
  }

  static void increment(KernelContext context, FloatArray array) {
    int i = context.globalIdx;
    array.set(i, array.get(i) + 1);
  }

  /** Sums each group's elements as a tree in local memory. */
  static void sum(KernelContext context, FloatArray from, FloatArray sums) {
    int local = context.localIdx;
    float[] shared = context.allocateFloatLocalArray(context.localGroupSizeX);
    shared[local] = from.get(context.globalIdx);
    context.localBarrier();
    for (int half = context.localGroupSizeX / 2; half > 0; half /= 2) {
      if (local < half) {
        shared[local] += shared[local + half];
      }
      context.localBarrier();
    }
    if (local == 0) {
      sums.set(context.groupIdx, shared[0]);
    }
  }

  /** Five numbers per work-item. */
  static void places(KernelContext context, IntArray places) {
    int i = context.globalIdx * 5;
    places.set(i, context.globalIdx);
    places.set(i + 1, context.localIdx);
    places.set(i + 2, context.groupIdx);
    places.set(i + 3, context.localGroupSizeX);
    places.set(i + 4, context.globalGroupSizeX);
  }
}
