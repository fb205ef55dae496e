package dev.heddle.tornado;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;

/**
 * The tasks of one pass for one class of shapes, recorded once, cut into graphs and replayed for
 * every batch of the class.
 */
final class Pass {
  /** Tasks of one graph: TornadoVM describes them in 8192 bytes, 15 + 5 a parameter each. */
  private static final int MAX_TASKS = 60;

  private final String name;
  private final List<DeviceTask> tasks = new ArrayList<>();
  private final Map<Grid, WorkerGrid1D> workers = new HashMap<>();

  Pass(String name) {
    this.name = name;
  }

  void add(DeviceTask task) {
    tasks.add(task);
  }

  /** The graphs, in order. */
  List<ImmutableTaskGraph> graphs(
      KernelContext context, DeviceMemory memory, GridScheduler scheduler) {
    List<ImmutableTaskGraph> graphs = new ArrayList<>();
    for (int from = 0; from < tasks.size(); from += MAX_TASKS) {
      int to = Math.min(tasks.size(), from + MAX_TASKS);
      String graphName = name + graphs.size();
      TaskGraph graph = memory.consuming(graphName);
      for (int i = from; i < to; i++) {
        String id = tasks.get(i).name() + i;
        tasks.get(i).adder().add(graph, id, context, memory);
        scheduler.addWorkerGrid(graphName + "." + id, worker(tasks.get(i).grid()));
      }
      graphs.add(memory.keeping(graph));
    }
    return graphs;
  }

  /** Tasks with equal grids share one worker, so that few are set before each pass. */
  private WorkerGrid1D worker(Grid grid) {
    return workers.computeIfAbsent(grid, g -> WorkGroups.of(g.groups(0), g.local()));
  }

  /** Sets the work of every task by the live numbers in {@code ints}. */
  void size(int[] ints) {
    workers.forEach((grid, worker) -> {
      int live = grid.count() < 0 ? 0 : ints[grid.count()];
      WorkGroups.set(worker, grid.groups(live), grid.local());
    });
  }

  /** How many tasks there are of each operation. */
  Map<String, Integer> census() {
    Map<String, Integer> census = new TreeMap<>();
    tasks.forEach(task -> census.merge(task.name(), 1, Integer::sum));
    return census;
  }
}
