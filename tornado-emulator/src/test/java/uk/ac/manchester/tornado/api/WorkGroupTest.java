package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class WorkGroupTest {
  private static final String SHUFFLE = "tornado.emulator.shuffle";

  /** Runs a kernel on 64 work-items in groups of 16 and returns what it wrote. */
  private static float[] run(Task3<KernelContext, FloatArray, FloatArray> kernel) throws Exception {
    FloatArray from = TestKernels.counting(64);
    FloatArray to = new FloatArray(64);
    TaskGraph graph =
        new TaskGraph("g")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, from)
            .task("t", kernel, new KernelContext(), from, to)
            .transferToHost(DataTransferMode.EVERY_EXECUTION, to);
    try (TornadoExecutionPlan plan = TestKernels.plan(64, 16, graph)) {
      plan.execute();
    }
    return to.toHeapArray();
  }

  @Test
  void a_barrier_lets_all_work_items_see_local_writes() throws Exception {
    assertThat(run(TestKernels::sum)).startsWith(120, 376, 632, 888);
  }

  @Test
  void a_forgotten_barrier_shows_what_was_there_before() throws Exception {
    float[] seen =
        run((context, from, to) -> {
          float[] shared = context.allocateFloatLocalArray(16);
          shared[context.localIdx] = 1;
          to.set(context.globalIdx, shared[15 - context.localIdx]);
        });
    assertThat(seen[0]).isNaN();
    assertThat(seen[15]).isEqualTo(1);
  }

  @Test
  void a_global_barrier_lets_the_group_see_writes_to_arrays() throws Exception {
    float[] seen =
        run((context, from, to) -> {
          int first = context.groupIdx * context.localGroupSizeX;
          context.globalBarrier();
          to.set(context.globalIdx, context.localIdx);
          context.globalBarrier();
          float next = to.get(first + (context.localIdx + 1) % 16);
          context.globalBarrier();
          to.set(context.globalIdx, next);
        });
    assertThat(seen).startsWith(1, 2, 3).endsWith(14, 15, 0);
  }

  @Test
  void local_arrays_are_per_group_and_garbage_at_first() throws Exception {
    float[] seen =
        run((context, from, to) -> {
          float[] floats = context.allocateFloatLocalArray(16);
          int[] ints = context.allocateIntLocalArray(16);
          boolean garbage = Float.isNaN(floats[context.localIdx]) && ints[15] == Garbage.WORD;
          to.set(context.globalIdx, garbage ? 1 : 0);
          context.localBarrier();
          floats[context.localIdx] = 7;
          ints[context.localIdx] = 7;
        });
    assertThat(seen).containsOnly(1);
  }

  @Test
  void whole_groups_may_return_early() throws Exception {
    float[] seen =
        run((context, from, to) -> {
          if (context.groupIdx != 2) {
            return;
          }
          TestKernels.sum(context, from, to);
        });
    assertThat(seen[2]).isEqualTo(632);
    assertThat(seen[3]).isNaN();
  }

  @Test
  void a_barrier_that_the_last_work_items_miss_is_refused() {
    assertThatThrownBy(() ->
            run((context, from, to) -> {
              if (context.localIdx < 10) {
                context.localBarrier();
              }
            }))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("10 wait at a barrier, 6 have finished");
  }

  @Test
  void a_barrier_that_the_first_work_items_miss_is_refused() {
    assertThatThrownBy(() ->
            run((context, from, to) -> {
              if (context.localIdx > 9) {
                context.localBarrier();
              }
            }))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("after others of the group have finished");
  }

  @Test
  void local_arrays_of_different_sizes_are_refused() {
    assertThatThrownBy(
            () -> run((context, from, to) -> context.allocateFloatLocalArray(1 + context.localIdx)))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("different local arrays");
  }

  @Test
  void more_local_memory_than_the_device_has_is_refused() {
    assertThatThrownBy(() -> run((context, from, to) -> context.allocateIntLocalArray(1 << 20)))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("local memory");
  }

  @Test
  void an_index_outside_an_array_is_refused_with_the_work_item_named() {
    assertThatThrownBy(() -> run((context, from, to) -> to.set(context.globalIdx + 1, 0)))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("work-item 15 of group 3")
        .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> run((context, from, to) -> from.get(-1)))
        .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void a_failure_between_barriers_ends_the_whole_group() {
    assertThatThrownBy(() ->
            run((context, from, to) -> {
              context.localBarrier();
              if (context.localIdx == 5) {
                throw new IllegalStateException("broken");
              }
              context.localBarrier();
            }))
        .isInstanceOf(TornadoBailoutRuntimeException.class)
        .hasMessageContaining("work-item 5 of group 0")
        .hasRootCauseMessage("broken");
  }

  @Test
  void groups_and_work_items_run_in_order_unless_shuffled_and_then_by_seed() throws Exception {
    float[] inOrder = run(WorkGroupTest::turns);
    assertThat(inOrder).startsWith(1, 2, 3).endsWith(63, 64);
    System.setProperty(SHUFFLE, "7");
    try {
      float[] shuffled = run(WorkGroupTest::turns);
      assertThat(shuffled).isNotEqualTo(inOrder).containsExactlyInAnyOrder(inOrder);
      assertThat(run(WorkGroupTest::turns)).isEqualTo(shuffled);
      assertThat(run(TestKernels::sum)).startsWith(120, 376, 632, 888);
    } finally {
      System.clearProperty(SHUFFLE);
    }
  }

  /** Writes each work-item's turn; the count is kept where no real kernel could. */
  private static void turns(KernelContext context, FloatArray from, FloatArray to) {
    float turn = from.get(0) + 1;
    from.set(0, turn);
    to.set(context.globalIdx, turn);
  }
}
