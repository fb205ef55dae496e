package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph.Transfer;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Tasks that run one after another, and what is copied before and after them. An array that a task
 * uses and that is neither copied to the device nor consumed nor persisted is garbage at the start
 * of each execution.
 */
public final class TaskGraph extends TaskTaker {
  private final String name;
  private final List<Task> tasks = new ArrayList<>();
  private final List<Transfer> in = new ArrayList<>();
  private final List<Transfer> out = new ArrayList<>();
  private final Map<String, List<TornadoNativeArray>> consumed = new HashMap<>();

  public TaskGraph(String name) {
    this.name = name;
  }

  public String getTaskGraphName() {
    return name;
  }

  /**
   * Copies arrays to the device before the tasks, at the first or at each execution; on demand
   * means that they are only allocated.
   */
  public TaskGraph transferToDevice(int mode, Object... arrays) {
    for (Object array : arrays) {
      in.add(new Transfer(mode, array(array)));
    }
    return this;
  }

  /**
   * Takes arrays over as another graph of the plan left them on the device. As in TornadoVM they
   * are taken from the graph that was executed last, if it is a source that this graph names or if
   * it is none of them, so that graph has to hold them and hand them on; only if it is a source are
   * arrays of other sources left as this graph knew them.
   *
   * @param graph the name of the source, which persists the arrays and has been executed
   */
  public TaskGraph consumeFromDevice(String graph, Object... arrays) {
    for (Object array : arrays) {
      consumed.computeIfAbsent(graph, g -> new ArrayList<>()).add(array(array));
    }
    return this;
  }

  /**
   * Leaves arrays on the device for other graphs and for later executions of this one; the same as
   * copying them to the host on demand.
   */
  public TaskGraph persistOnDevice(Object... arrays) {
    return transferToHost(DataTransferMode.UNDER_DEMAND, arrays);
  }

  /** Copies arrays to the host after the tasks, or, on demand, leaves them on the device. */
  public TaskGraph transferToHost(int mode, Object... arrays) {
    for (Object array : arrays) {
      out.add(new Transfer(mode, array(array)));
    }
    return this;
  }

  @Override
  TaskGraph append(String id, Class<?> shape, Object code, Object... arguments) {
    if (tasks.stream().anyMatch(t -> t.id().equals(id))) {
      throw new TornadoRuntimeException(name + " has two tasks named " + id);
    }
    tasks.add(Task.of(id, shape, code, arguments));
    return this;
  }

  /** The graph as it is now. */
  public ImmutableTaskGraph snapshot() {
    return new ImmutableTaskGraph(name, tasks, in, out, consumed);
  }

  private TornadoNativeArray array(Object candidate) {
    if (candidate instanceof TornadoNativeArray array) {
      return array;
    }
    throw new TornadoRuntimeException(name + ": not an array: " + candidate);
  }
}
