package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class GridTest {
  private final IntArray places = new IntArray(40);
  private final TaskGraph graph =
      new TaskGraph("g")
          .task("t", TestKernels::places, new KernelContext(), places)
          .transferToHost(DataTransferMode.EVERY_EXECUTION, places);

  @Test
  void each_work_item_knows_its_place() throws Exception {
    try (TornadoExecutionPlan plan = TestKernels.plan(8, 4, graph)) {
      plan.execute();
    }
    assertThat(places.toHeapArray())
        .startsWith(0, 0, 0, 4, 8, 1, 1, 0, 4, 8)
        .endsWith(6, 2, 1, 4, 8, 7, 3, 1, 4, 8);
  }

  @Test
  void a_grid_is_read_at_each_execution() throws Exception {
    WorkerGrid1D grid = new WorkerGrid1D(8);
    grid.setLocalWork(4, 1, 1);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(new GridScheduler("g.t", grid)).execute();
      grid.setGlobalWork(4, 1, 1);
      plan.execute();
    }
    assertThat(places.get(4)).isEqualTo(4);
    assertThat(places.get(39)).isEqualTo(Garbage.WORD);
  }

  @Test
  void a_task_without_a_grid_is_refused() throws Exception {
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      assertThatThrownBy(plan::execute)
          .isInstanceOf(TornadoRuntimeException.class)
          .hasMessage("task g.t has no worker grid");
      GridScheduler other = new GridScheduler("g.u", new WorkerGrid1D(1));
      assertThatThrownBy(() -> plan.withGridScheduler(other))
          .isInstanceOf(TornadoRuntimeException.class);
    }
  }

  @Test
  void a_grid_without_a_local_size_is_refused() throws Exception {
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(new GridScheduler("g.t", new WorkerGrid1D(8)));
      assertThatThrownBy(plan::execute).hasMessage("task g.t has no local work size");
    }
  }

  @Test
  void work_that_is_no_multiple_of_the_group_is_refused() throws Exception {
    try (TornadoExecutionPlan plan = TestKernels.plan(9, 4, graph)) {
      assertThatThrownBy(plan::execute)
          .isInstanceOf(TornadoRuntimeException.class)
          .hasMessageContaining("9 work-items in groups of 4");
    }
    try (TornadoExecutionPlan plan = TestKernels.plan(0, 4, graph)) {
      assertThatThrownBy(plan::execute).isInstanceOf(TornadoRuntimeException.class);
    }
  }

  @Test
  void a_group_larger_than_the_device_allows_is_refused() throws Exception {
    try (TornadoExecutionPlan plan = TestKernels.plan(2048, 2048, graph)) {
      assertThatThrownBy(plan::execute).hasMessageContaining("the most is 1024");
    }
  }
}
