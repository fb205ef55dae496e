package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class TornadoExecutionPlanTest {
  private final FloatArray array = TestKernels.counting(4);
  private final TaskGraph graph =
      new TaskGraph("g")
          .transferToDevice(DataTransferMode.FIRST_EXECUTION, array)
          .task("t", TestKernels::increment, new KernelContext(), array)
          .transferToHost(DataTransferMode.EVERY_EXECUTION, array);

  @Test
  void a_plan_in_use_refuses_another_thread() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch tried = new CountDownLatch(1);
    TaskGraph slow =
        new TaskGraph("g")
            .task(
                "t",
                (KernelContext c, FloatArray a) -> {
                  running.countDown();
                  try {
                    tried.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                },
                new KernelContext(),
                array);
    try (TornadoExecutionPlan plan = TestKernels.plan(1, 1, slow)) {
      Thread first = Thread.ofPlatform().start(plan::execute);
      try {
        running.await();
        assertThatThrownBy(plan::execute)
            .isInstanceOf(TornadoRuntimeException.class)
            .hasMessageContaining("another thread");
      } finally {
        tried.countDown();
        first.join();
      }
      plan.execute();
    }
  }

  @Test
  void memory_in_use_is_what_is_allocated_and_is_freed() throws Exception {
    TornadoExecutionPlan plan = TestKernels.plan(4, 2, graph);
    assertThat(plan.getCurrentDeviceMemoryUsage()).isZero();
    plan.execute();
    plan.execute();
    assertThat(plan.getCurrentDeviceMemoryUsage()).isEqualTo(16 + 4 * 4);
    plan.freeDeviceMemory();
    assertThat(plan.getCurrentDeviceMemoryUsage()).isZero();
    plan.execute();
    assertThat(array.get(0)).as("copied anew from the host").isEqualTo(3);
    plan.close();
    assertThat(plan.getCurrentDeviceMemoryUsage()).isZero();
    assertThatThrownBy(plan::execute).hasMessage("the plan is closed");
    plan.close();
  }

  @Test
  void an_array_beyond_the_limits_of_the_device_is_refused() throws Exception {
    System.setProperty("tornado.emulator.memory", "100");
    System.setProperty("tornado.emulator.max-alloc", "40");
    try (TornadoExecutionPlan plan = TestKernels.plan(4, 2, graph)) {
      TornadoDevice device = TornadoExecutionPlan.getDevice(0, 0);
      assertThat(device.getPhysicalDevice().getDeviceGlobalMemorySize()).isEqualTo(100);
      assertThat(device.getPhysicalDevice().getDeviceMaxAllocationSize()).isEqualTo(40);
      plan.execute();
      System.setProperty("tornado.emulator.max-alloc", "31");
      plan.freeDeviceMemory();
      assertThatThrownBy(plan::execute)
          .isInstanceOf(TornadoOutOfMemoryException.class)
          .hasMessageContaining("the most is 31");
      System.setProperty("tornado.emulator.max-alloc", "40");
      System.setProperty("tornado.emulator.memory", "31");
      assertThatThrownBy(plan::execute)
          .isInstanceOf(TornadoOutOfMemoryException.class)
          .hasMessageContaining("of 31");
      assertThat(plan.getCurrentDeviceMemoryUsage()).isZero();
    } finally {
      System.clearProperty("tornado.emulator.memory");
      System.clearProperty("tornado.emulator.max-alloc");
    }
  }

  @Test
  void there_is_one_device_and_it_is_the_emulator() {
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    assertThat(runtime.getNumBackends()).isEqualTo(1);
    assertThat(runtime.getBackendType(0)).isEqualTo(TornadoVMBackendType.OPENCL);
    assertThat(runtime.getBackend(0).getAllDevices()).containsExactly(runtime.getDefaultDevice());
    assertThat(runtime.getDefaultDevice().getDeviceName()).isEqualTo("emulator");
  }

  @Test
  void graphs_of_one_name_and_unknown_graphs_are_refused() {
    assertThatThrownBy(() -> new TornadoExecutionPlan(graph.snapshot(), graph.snapshot()))
        .isInstanceOf(TornadoRuntimeException.class);
    assertThatThrownBy(() -> new TornadoExecutionPlan(graph.snapshot()).withGraph(1))
        .isInstanceOf(TornadoRuntimeException.class);
  }

  @Test
  void a_kernel_context_is_of_no_use_outside_a_task() {
    assertThatThrownBy(() -> new KernelContext().localBarrier())
        .isInstanceOf(TornadoRuntimeException.class);
  }
}
