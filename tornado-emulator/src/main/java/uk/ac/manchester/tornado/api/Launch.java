package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * One execution of a task over its grid: groups one after another. If the system property {@code
 * tornado.emulator.shuffle} is set, it is the seed of the order of groups and of the work-items
 * within them.
 *
 * <p>Work-items run as plain calls until the first one of a group turns out to need its group; it
 * is then run again, in {@link LockStep}. So a kernel has to reach its first barrier or allocation
 * of local memory before it changes what it has read.
 */
final class Launch {
  static final TornadoDevice DEVICE = TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();

  private final String name;
  private final Task task;
  private final Object[] arguments;
  private final int groups;
  private final int local;

  private Launch(String name, Task task, Object[] arguments, int groups, int local) {
    this.name = name;
    this.task = task;
    this.arguments = arguments;
    this.groups = groups;
    this.local = local;
  }

  static Launch of(String name, Task task, Object[] arguments, @Nullable WorkerGrid grid) {
    if (grid == null) {
      throw new TornadoRuntimeException("task " + name + " has no worker grid");
    }
    long[] global = grid.getGlobalWork();
    long[] local = grid.getLocalWork();
    if (local == null) {
      throw new TornadoRuntimeException("task " + name + " has no local work size");
    }
    long most = DEVICE.getDeviceMaxWorkgroupDimensions()[0];
    if (local[0] < 1 || local[0] > most) {
      throw new TornadoRuntimeException(
          "task %s: groups of %d, the most is %d".formatted(name, local[0], most));
    }
    if (global[1] * global[2] * local[1] * local[2] != 1) {
      throw new TornadoRuntimeException("task " + name + ": the emulator knows one dimension");
    }
    if (global[0] < 1 || global[0] > Integer.MAX_VALUE || global[0] % local[0] != 0) {
      throw new TornadoRuntimeException(
          "task %s: %d work-items in groups of %d".formatted(name, global[0], local[0]));
    }
    return new Launch(name, task, arguments, Math.toIntExact(global[0] / local[0]), (int) local[0]);
  }

  void run() {
    int[] items = shuffled(local);
    PrimitiveIterator.OfInt order = IntStream.of(shuffled(groups)).iterator();
    while (order.hasNext()) {
      int group = order.nextInt();
      if (!plain(group, items)) {
        new LockStep(this, items).run(group, order);
      }
    }
  }

  /** Runs a group as plain calls; returns whether its first work-item found that it can be. */
  private boolean plain(int group, int[] items) {
    for (int item : items) {
      try {
        call(WorkGroup.ALONE, group, item);
      } catch (WorkGroup.NeedsGroup e) {
        if (item == items[0]) {
          return false;
        }
        throw failure(group, item, e);
      }
    }
    return true;
  }

  /** Runs one work-item. */
  void call(WorkGroup company, int group, int item) {
    Object[] all = arguments.clone();
    all[task.context()] = new KernelContext(company, group, item, local, groups * local);
    try {
      task.code().invokeExact(all);
    } catch (WorkGroup.NeedsGroup | Error e) {
      throw e;
    } catch (Throwable e) {
      throw failure(group, item, e);
    }
  }

  TornadoBailoutRuntimeException failure(int group, int item, Throwable cause) {
    var failure =
        new TornadoBailoutRuntimeException(
            "task %s, work-item %d of group %d: %s".formatted(name, item, group, cause));
    failure.initCause(cause);
    return failure;
  }

  private static int[] shuffled(int size) {
    IntStream inOrder = IntStream.range(0, size);
    Long seed = Long.getLong("tornado.emulator.shuffle");
    if (seed == null) {
      return inOrder.toArray();
    }
    List<Integer> all = new ArrayList<>(inOrder.boxed().toList());
    Collections.shuffle(all, new Random(seed));
    return all.stream().mapToInt(Integer::intValue).toArray();
  }
}
