package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class DeviceCopiesTest {
  private static final int EVERY = DataTransferMode.EVERY_EXECUTION;
  private static final int FIRST = DataTransferMode.FIRST_EXECUTION;
  private final FloatArray pool = TestKernels.counting(8);
  private final FloatArray out = new FloatArray(8);

  /** A graph that copies from the pool. */
  private TaskGraph reader(String name) {
    return new TaskGraph(name)
        .task("read", TestKernels::copy, new KernelContext(), pool, out)
        .transferToHost(EVERY, out);
  }

  /** A graph that adds one to each element of the pool. */
  private TaskGraph writer(String name) {
    return new TaskGraph(name)
        .task("write", TestKernels::increment, new KernelContext(), pool)
        .persistOnDevice(pool);
  }

  private static TornadoExecutionPlan plan(TaskGraph... graphs) {
    return TestKernels.plan(8, 4, graphs);
  }

  @Test
  void an_array_that_nobody_copied_is_garbage() throws Exception {
    try (TornadoExecutionPlan plan = plan(reader("r"))) {
      plan.execute();
    }
    assertThat(Float.floatToRawIntBits(out.get(0))).isEqualTo(Garbage.WORD);
  }

  @Test
  void a_consumed_array_is_as_the_other_graph_left_it() throws Exception {
    TaskGraph first = writer("w").transferToDevice(FIRST, pool);
    try (TornadoExecutionPlan plan = plan(first, reader("r").consumeFromDevice("w", pool))) {
      plan.withGraph(0).execute();
      plan.withGraph(1).execute();
    }
    assertThat(out.toHeapArray()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(pool.get(0)).as("the host's").isEqualTo(0);
  }

  @Test
  void an_array_not_consumed_is_garbage() throws Exception {
    TaskGraph first = writer("w").transferToDevice(FIRST, pool);
    try (TornadoExecutionPlan plan = plan(first, reader("r"))) {
      plan.withGraph(0).execute();
      plan.withGraph(1).execute();
    }
    assertThat(out.get(0)).isNaN();
  }

  @Test
  void a_first_copy_is_made_once_and_others_each_time() throws Exception {
    TaskGraph once = writer("once").transferToDevice(FIRST, pool);
    once.transferToHost(EVERY, pool);
    try (TornadoExecutionPlan plan = plan(once)) {
      plan.execute();
      pool.init(100);
      plan.execute();
      assertThat(pool.get(7)).isEqualTo(9);
    }
    TaskGraph each = writer("each").transferToDevice(EVERY, pool).transferToHost(EVERY, pool);
    try (TornadoExecutionPlan plan = plan(each)) {
      plan.execute();
      pool.init(100);
      plan.execute();
      assertThat(pool.get(7)).isEqualTo(101);
    }
  }

  @Test
  void what_is_not_persisted_is_garbage_again_at_the_next_execution() throws Exception {
    TaskGraph graph =
        new TaskGraph("g")
            .task("write", TestKernels::copy, new KernelContext(), pool, out)
            .transferToDevice(EVERY, pool)
            .transferToHost(EVERY, out);
    WorkerGrid1D grid = new WorkerGrid1D(8);
    grid.setLocalWork(4, 1, 1);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(new GridScheduler("g.write", grid)).execute();
      grid.setGlobalWork(4, 1, 1);
      plan.execute();
    }
    assertThat(out.toHeapArray()).startsWith(0, 1, 2, 3).endsWith(Float.NaN, Float.NaN);
  }

  @Test
  void consuming_what_a_graph_does_not_persist_is_refused() {
    TaskGraph first = reader("a").transferToDevice(FIRST, pool);
    assertThatThrownBy(() -> plan(first, reader("r").consumeFromDevice("a", pool)))
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("persists");
    assertThatThrownBy(() -> plan(first, reader("r").consumeFromDevice("b", pool)))
        .isInstanceOf(TornadoRuntimeException.class);
  }

  @Test
  void consuming_from_a_graph_that_has_not_run_is_refused() throws Exception {
    TaskGraph first = writer("w").transferToDevice(FIRST, pool);
    try (TornadoExecutionPlan plan = plan(first, reader("r").consumeFromDevice("w", pool))) {
      assertThatThrownBy(() -> plan.withGraph(1).execute())
          .isInstanceOf(TornadoRuntimeException.class)
          .hasMessageContaining("not been executed");
      assertThatThrownBy(() -> plan.withAllGraphs().execute())
          .as("all graphs count as executed when all have been")
          .isInstanceOf(TornadoRuntimeException.class);
    }
  }

  @Test
  void an_array_has_to_be_handed_on_by_the_graph_executed_before() throws Exception {
    TaskGraph first = writer("w").transferToDevice(FIRST, pool);
    TaskGraph other =
        new TaskGraph("o").task("t", TestKernels::increment, new KernelContext(), out);
    TaskGraph passing =
        new TaskGraph("p")
            .consumeFromDevice("w", pool)
            .persistOnDevice(pool)
            .task("t", TestKernels::increment, new KernelContext(), out);
    TaskGraph last = reader("r").consumeFromDevice("w", pool);
    try (TornadoExecutionPlan plan = plan(first, other, passing, last)) {
      plan.withGraph(0).execute();
      plan.withGraph(2).execute();
      plan.withGraph(3).execute();
      assertThat(out.get(7)).isEqualTo(8);
      plan.withGraph(1).execute();
      assertThatThrownBy(() -> plan.withGraph(3).execute())
          .isInstanceOf(TornadoRuntimeException.class)
          .hasMessage("r consumes an array that o, executed before it, does not hand on");
    }
  }

  @Test
  void the_host_sees_the_device_when_it_asks() throws Exception {
    try (TornadoExecutionPlan plan = plan(writer("w").transferToDevice(EVERY, pool))) {
      TornadoExecutionResult result = plan.execute();
      assertThat(pool.get(7)).isEqualTo(7);
      result.transferToHost(new DataRange(pool).withOffset(2).withSize(3));
      assertThat(pool.toHeapArray()).containsExactly(0, 1, 3, 4, 5, 5, 6, 7);
      result.transferToHost(pool);
      assertThat(pool.get(7)).isEqualTo(8);
      assertThatThrownBy(() -> result.transferToHost(new DataRange(pool).withOffset(2)))
          .isInstanceOf(TornadoRuntimeException.class);
      assertThatThrownBy(() -> result.transferToHost(out))
          .isInstanceOf(TornadoRuntimeException.class);
    }
  }

  @Test
  void bytes_are_counted_with_headers_while_the_profiler_is_on() throws Exception {
    TaskGraph graph = reader("r").transferToDevice(FIRST, pool);
    try (TornadoExecutionPlan plan = plan(graph)) {
      plan.withProfiler(ProfilerMode.SILENT);
      TornadoProfilerResult first = plan.execute().getProfilerResult();
      assertThat(first.getTotalBytesCopyIn()).isEqualTo(16 + 32);
      assertThat(first.getTotalBytesCopyOut()).isEqualTo(16 + 32);
      assertThat(first.getTotalBytesTransferred()).isEqualTo(96);
      assertThat(first.getTotalDeviceMemoryUsage()).isEqualTo(96);
      assertThat(plan.execute().getProfilerResult().getTotalBytesCopyIn()).isZero();
      plan.withoutProfiler();
      assertThat(plan.execute().getProfilerResult().getTotalBytesCopyOut()).isZero();
    }
  }
}
