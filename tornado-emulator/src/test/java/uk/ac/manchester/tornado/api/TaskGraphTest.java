package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class TaskGraphTest {
  private final FloatArray array = new FloatArray(4);
  private final FloatArray other = new FloatArray(4);

  private TaskGraph graph() {
    return new TaskGraph("g").task("t", TestKernels::increment, new KernelContext(), array);
  }

  @Test
  void two_tasks_of_one_name_are_refused() {
    assertThatThrownBy(() -> graph().task("t", TestKernels::increment, new KernelContext(), array))
        .isInstanceOf(TornadoRuntimeException.class);
  }

  @Test
  void a_task_without_a_kernel_context_is_refused() {
    assertThatThrownBy(() -> graph().task("u", (FloatArray a, FloatArray b) -> {}, array, other))
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("no kernel context");
  }

  @Test
  void an_argument_that_a_device_cannot_hold_is_refused() {
    assertThatThrownBy(() ->
            graph()
                .task("u", (KernelContext c, float[] a) -> {}, new KernelContext(), new float[1]))
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("argument 1");
  }

  @Test
  void scalars_are_given_to_every_work_item() throws Exception {
    TaskGraph graph =
        new TaskGraph("g")
            .task(
                "t",
                (KernelContext c, FloatArray a, Integer i, Float f) -> a.set(c.globalIdx, i + f),
                new KernelContext(),
                array,
                2,
                0.5f)
            .transferToHost(DataTransferMode.EVERY_EXECUTION, array);
    try (TornadoExecutionPlan plan = TestKernels.plan(4, 2, graph)) {
      plan.execute();
    }
    assertThat(array.toHeapArray()).containsOnly(2.5f);
  }

  @Test
  void a_copy_of_an_array_that_no_task_uses_is_refused() {
    for (TaskGraph wrong :
        new TaskGraph[] {
          graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, other),
          graph().transferToHost(DataTransferMode.EVERY_EXECUTION, other),
          graph().persistOnDevice(other)
        }) {
      assertThatThrownBy(wrong::snapshot).isInstanceOf(TornadoRuntimeException.class);
    }
  }

  @Test
  void an_array_both_consumed_and_copied_to_the_device_is_refused() {
    TaskGraph wrong =
        graph()
            .consumeFromDevice("f", array)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, array);
    assertThatThrownBy(wrong::snapshot).isInstanceOf(TornadoRuntimeException.class);
  }

  @Test
  void a_snapshot_does_not_change_with_its_graph() {
    TaskGraph graph = graph();
    ImmutableTaskGraph snapshot = graph.snapshot();
    graph.task("u", TestKernels::increment, new KernelContext(), array);
    assertThat(snapshot.tasks).hasSize(1);
  }
}
