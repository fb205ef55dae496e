package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class WorkGroupTest {
  @Test
  void a_barrier_lets_all_work_items_see_local_writes() throws Exception {
    FloatArray from = new FloatArray(64);
    FloatArray sums = new FloatArray(4);
    for (int i = 0; i < 64; i++) {
      from.set(i, i);
    }
    TaskGraph graph =
        new TaskGraph("g")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, from)
            .task("sum", TestKernels::sum, new KernelContext(), from, sums)
            .transferToHost(DataTransferMode.EVERY_EXECUTION, sums);
    WorkerGrid1D grid = new WorkerGrid1D(64);
    grid.setLocalWork(16, 1, 1);
    try (var plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(new GridScheduler("g.sum", grid)).execute();
    }
    assertThat(sums.toHeapArray()).containsExactly(120, 376, 632, 888);
  }
}
