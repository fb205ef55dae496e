package dev.heddle.ops.team;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void every_item_of_every_dispatch_runs_exactly_once(int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(97);
      WorkerTeam.Task task = (worker, item) -> runs.incrementAndGet(item);
      int[] expected = new int[97];
      for (int dispatch = 0; dispatch < 3000; dispatch++) {
        int items = dispatch % 98;
        team.run(task, items);
        for (int i = 0; i < items; i++) {
          expected[i]++;
        }
      }
      for (int i = 0; i < 97; i++) {
        assertThat(runs.get(i)).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void what_items_write_without_synchronisation_is_visible_afterwards() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      long[] values = new long[64];
      WorkerTeam.Task half = (worker, item) -> values[item] = values[63 - item] + 1;
      for (int round = 0; round < 500; round++) {
        team.run(half, 32);
        for (int i = 0; i < 32; i++) {
          assertThat(values[i]).isEqualTo(values[63 - i] + 1);
          values[63 - i] = values[i] * 2 + round;
        }
      }
    }
  }

  @Test
  void the_exception_of_an_item_reaches_the_caller_and_the_team_goes_on() {
    try (WorkerTeam team = new WorkerTeam(3)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(50);
      WorkerTeam.Task failing =
          (worker, item) -> {
            runs.incrementAndGet(item);
            if (item % 7 == 3) {
              throw new IllegalArgumentException("item");
            }
          };
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> team.run(failing, 50))
            .isInstanceOf(IllegalArgumentException.class);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(runs.get(i)).isEqualTo(100);
      }
    }
  }

  @Test
  void a_task_cannot_start_another() {
    try (WorkerTeam team = new WorkerTeam(1)) {
      assertThatThrownBy(() -> team.run((worker, item) -> team.run((w, i) -> {}, 1), 1))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void an_idle_team_parks_its_threads() throws Exception {
    try (WorkerTeam team = new WorkerTeam(2)) {
      team.run((worker, item) -> {}, 100);
      Thread worker =
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().equals("heddle-worker-1") && t.isAlive())
              .findFirst()
              .orElseThrow();
      for (int i = 0; i < 1000 && worker.getState() != Thread.State.WAITING; i++) {
        Thread.sleep(10);
      }
      assertThat(worker.getState()).isEqualTo(Thread.State.WAITING);
      AtomicIntegerArray runs = new AtomicIntegerArray(1);
      team.run((w, item) -> runs.incrementAndGet(0), 100);
      assertThat(runs.get(0)).isEqualTo(100);
    }
  }

  @Test
  void a_dispatch_allocates_nothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerTeam team = new WorkerTeam(2)) {
      int[] sink = new int[64];
      WorkerTeam.Task task = (worker, item) -> sink[item]++;
      for (int i = 0; i < 20_000; i++) {
        team.run(task, 64);
      }
      // Only threads of the team are counted: others of this process may allocate at any time.
      long[] ids = workers();
      long workers = Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
      long caller = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        team.run(task, 64);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - caller).isLessThan(1000);
      assertThat(Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum()).isEqualTo(workers);
    }
  }

  private static long[] workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("heddle-worker-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }
}
