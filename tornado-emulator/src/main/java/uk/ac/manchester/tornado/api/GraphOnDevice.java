package uk.ac.manchester.tornado.api;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph.Transfer;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A graph of a plan and the device copies that it knows of. */
final class GraphOnDevice {
  private final ImmutableTaskGraph graph;
  private final PlanMemory memory;
  private final Map<TornadoNativeArray, TornadoNativeArray> copies = new HashMap<>();
  private final Map<String, GraphOnDevice> sources = new HashMap<>();
  private boolean executed;
  private Profile profile = new Profile();

  GraphOnDevice(ImmutableTaskGraph graph, PlanMemory memory) {
    this.graph = graph;
    this.memory = memory;
  }

  /** Finds the graphs that this one consumes from, and refuses what they do not leave. */
  void findSources(List<GraphOnDevice> plan) {
    for (GraphOnDevice other : plan) {
      if (other != this && other.graph.name.equals(graph.name)) {
        throw new TornadoRuntimeException("two graphs of the plan are named " + graph.name);
      }
      if (graph.consumed.containsKey(other.graph.name)) {
        sources.put(other.graph.name, other);
      }
    }
    graph.consumed.forEach((name, arrays) -> {
      GraphOnDevice source = sources.get(name);
      if (source == null || !source.leaves(arrays)) {
        throw new TornadoRuntimeException(
            graph.name + " consumes what no graph " + name + " of the plan persists");
      }
    });
  }

  private boolean leaves(Collection<TornadoNativeArray> arrays) {
    return graph.persisted.containsAll(arrays);
  }

  boolean hasTaskIn(GridScheduler grids) {
    return graph.tasks.stream().anyMatch(t -> grids.contains(graph.name, t.id()));
  }

  /** Runs all of it; {@code last} is the graph that the plan ran before. */
  Profile execute(@Nullable GraphOnDevice last, GridScheduler grids, boolean profiling) {
    long start = System.nanoTime();
    Profile fresh = new Profile();
    link(last);
    spoil();
    transferIn(fresh);
    long kernels = System.nanoTime();
    for (Task task : graph.tasks) {
      Object[] arguments = task.arguments().toArray();
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof TornadoNativeArray host) {
          arguments[i] = copy(host);
        }
      }
      String name = graph.name + "." + task.id();
      Launch.of(name, task, arguments, grids.get(name)).run();
    }
    fresh.kernelNanos = System.nanoTime() - kernels;
    transferOut(fresh);
    executed = true;
    fresh.totalNanos = System.nanoTime() - start;
    profile = profiling ? fresh : new Profile();
    return profile;
  }

  /** Takes what is consumed, by the rule of {@link TaskGraph#consumeFromDevice}. */
  private void link(@Nullable GraphOnDevice last) {
    for (GraphOnDevice source : sources.values()) {
      if (!source.executed) {
        throw new TornadoRuntimeException(
            "%s consumes from %s, which has not been executed"
                .formatted(graph.name, source.graph.name));
      }
    }
    List<TornadoNativeArray> all = graph.consumed.values().stream().flatMap(List::stream).toList();
    if (last != null) {
      for (TornadoNativeArray array : graph.consumed.getOrDefault(last.graph.name, all)) {
        TornadoNativeArray copy = last.copies.get(array);
        if (copy == null || !last.leaves(List.of(array))) {
          throw new TornadoRuntimeException(
              "%s consumes an array that %s, executed before it, does not hand on"
                  .formatted(graph.name, last.graph.name));
        }
        copies.put(array, copy);
      }
    }
    if (!copies.keySet().containsAll(all)) {
      throw new TornadoRuntimeException(
          graph.name + " consumes an array that no graph executed just before it had");
    }
  }

  /** Spoils what nobody has promised to keep. */
  private void spoil() {
    copies.forEach((host, device) -> {
      if (!graph.kept.contains(host)) {
        Garbage.fill(device.getSegment());
      }
    });
  }

  private void transferIn(Profile counts) {
    long start = System.nanoTime();
    for (Transfer transfer : graph.in) {
      TornadoNativeArray host = transfer.array();
      boolean first = !executed && transfer.mode() == DataTransferMode.FIRST_EXECUTION;
      if (first || transfer.mode() == DataTransferMode.EVERY_EXECUTION) {
        copy(host).getSegment().copyFrom(host.getSegment());
        counts.bytesIn += host.getNumBytesOfSegmentWithHeader();
      }
    }
    counts.inNanos = System.nanoTime() - start;
  }

  private void transferOut(Profile counts) {
    long start = System.nanoTime();
    for (Transfer transfer : graph.out) {
      TornadoNativeArray host = transfer.array();
      TornadoNativeArray device = copy(host);
      if (transfer.mode() != DataTransferMode.UNDER_DEMAND) {
        host.getSegment().copyFrom(device.getSegment());
        counts.bytesOut += host.getNumBytesOfSegmentWithHeader();
      }
    }
    counts.outNanos = System.nanoTime() - start;
  }

  /** Copies part of an array that this graph has on the device. */
  void copyToHost(DataRange range) {
    TornadoNativeArray host = range.getArray();
    TornadoNativeArray device = copies.get(host);
    if (device == null) {
      throw new TornadoRuntimeException(graph.name + " has no such array on the device");
    }
    long offset = range.firstByte();
    long bytes = range.byteCount();
    MemorySegment.copy(device.getSegment(), offset, host.getSegment(), offset, bytes);
    profile.bytesOut += bytes;
  }

  void forget() {
    copies.clear();
    executed = false;
  }

  private TornadoNativeArray copy(TornadoNativeArray host) {
    return Objects.requireNonNull(copies.computeIfAbsent(host, memory::allocate));
  }
}
