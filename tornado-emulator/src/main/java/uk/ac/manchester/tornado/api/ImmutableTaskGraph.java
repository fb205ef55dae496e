package uk.ac.manchester.tornado.api;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A task graph that is complete and can be given to a plan. */
public final class ImmutableTaskGraph {
  /** An array and when it is copied. */
  record Transfer(int mode, TornadoNativeArray array) {}

  final String name;
  final List<Task> tasks;
  final List<Transfer> in;
  final List<Transfer> out;

  /** What is taken over from the device, by the name of the graph that leaves it there. */
  final Map<String, List<TornadoNativeArray>> consumed;

  /** What stays on the device for other graphs. */
  final Set<TornadoNativeArray> persisted = new HashSet<>();

  /** What is the same at the start of an execution as at the end of the one before. */
  final Set<TornadoNativeArray> kept = new HashSet<>();

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
    out.stream().filter(t -> onDemand(t)).forEach(t -> persisted.add(t.array));
    in.stream().filter(t -> !onDemand(t)).forEach(t -> kept.add(t.array));
    kept.addAll(persisted);
    consumed.values().forEach(kept::addAll);
    check();
  }

  /** Refuses what TornadoVM leaves out without a word: it copies and keeps what tasks touch. */
  private void check() {
    Set<TornadoNativeArray> touched = new HashSet<>();
    tasks.forEach(t -> touched.addAll(t.arrays()));
    Set<TornadoNativeArray> taken = new HashSet<>();
    consumed.values().forEach(taken::addAll);
    for (Transfer transfer : in) {
      if (taken.contains(transfer.array)) {
        throw new TornadoRuntimeException(name + " consumes an array and copies it to the device");
      }
    }
    for (Transfer transfer : in) {
      if (transfer.mode != DataTransferMode.EVERY_EXECUTION && !touched.contains(transfer.array)) {
        throw new TornadoRuntimeException(name + " copies an array once that no task of it uses");
      }
    }
    for (Transfer transfer : out) {
      boolean handedOn = onDemand(transfer) && taken.contains(transfer.array);
      if (!touched.contains(transfer.array) && !handedOn) {
        throw new TornadoRuntimeException(
            name + " copies or keeps an array that no task of it uses");
      }
    }
  }

  private static boolean onDemand(Transfer transfer) {
    return transfer.mode == DataTransferMode.UNDER_DEMAND;
  }
}
