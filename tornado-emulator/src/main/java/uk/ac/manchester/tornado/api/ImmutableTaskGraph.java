package uk.ac.manchester.tornado.api;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A task graph that is complete and can be given to a plan. */
public final class ImmutableTaskGraph {
  /** An array and when it is copied. */
  record Transfer(int mode, TornadoNativeArray array) {}

  final String name;
  final List<Task> tasks;
  final List<Transfer> in;
  final List<Transfer> out;

  /** What is taken over from the device, by the graph that leaves it there. */
  final Map<String, List<TornadoNativeArray>> consumed;

  /** What stays on the device when the graph has run. */
  final Set<TornadoNativeArray> persisted = new HashSet<>();

  ImmutableTaskGraph(
      String name,
      List<Task> tasks,
      List<Transfer> in,
      List<Transfer> out,
      Map<String, List<TornadoNativeArray>> consumed) {
    this.name = name;
    this.tasks = List.copyOf(tasks);
    this.in = List.copyOf(in);
    this.out = List.copyOf(out);
    this.consumed = Map.copyOf(consumed);
    for (Transfer transfer : out) {
      if (transfer.mode == DataTransferMode.UNDER_DEMAND) {
        persisted.add(transfer.array);
      }
    }
  }
}
