package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * Graphs that share a device's memory, executed one at a time. A plan is for one thread at a time:
 * a call while another thread is in one throws.
 */
public final class TornadoExecutionPlan implements AutoCloseable {
  private final PlanMemory memory = new PlanMemory();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<GraphOnDevice> graphs;
  private List<GraphOnDevice> selected;
  private GridScheduler grids = new GridScheduler();
  private @Nullable GraphOnDevice last;
  private boolean profiling;
  private boolean closed;

  public TornadoExecutionPlan(ImmutableTaskGraph... graphs) {
    this.graphs = Arrays.stream(graphs).map(g -> new GraphOnDevice(g, memory)).toList();
    this.graphs.forEach(g -> g.findSources(this.graphs));
    selected = this.graphs;
  }

  /** The device of this number of the backend of that number. */
  public static TornadoDevice getDevice(int backend, int device) {
    return TornadoRuntimeProvider.getTornadoRuntime().getBackend(backend).getDevice(device);
  }

  /** Selects the graph that the next executions run; without, they run all in order. */
  public TornadoExecutionPlan withGraph(int index) {
    if (index < 0 || index >= graphs.size()) {
      throw new TornadoRuntimeException("graph " + index + " of " + graphs.size());
    }
    return alone(() -> {
      selected = List.of(graphs.get(index));
      return this;
    });
  }

  public TornadoExecutionPlan withAllGraphs() {
    return alone(() -> {
      selected = graphs;
      return this;
    });
  }

  /** Sets the grids, of which one at least has to be of a task of this plan. */
  public TornadoExecutionPlan withGridScheduler(GridScheduler grids) {
    if (graphs.stream().noneMatch(g -> g.hasTaskIn(grids))) {
      throw new TornadoRuntimeException(
          "no grid of " + grids.keySet() + " is of a task of the plan");
    }
    this.grids = grids;
    return this;
  }

  /** Does nothing: kernels are Java already. */
  public TornadoExecutionPlan withPreCompilation() {
    return this;
  }

  /** Does nothing: no driver compiles anything. */
  public TornadoExecutionPlan withCompilerFlags(TornadoVMBackendType backend, String flags) {
    return this;
  }

  public TornadoExecutionPlan withProfiler(ProfilerMode mode) {
    profiling = true;
    return this;
  }

  public TornadoExecutionPlan withoutProfiler() {
    profiling = false;
    return this;
  }

  /** Does nothing: there is one device. */
  public TornadoExecutionPlan withDevice(TornadoDevice device) {
    return this;
  }

  /** Runs the selected graphs. */
  public TornadoExecutionResult execute() {
    return alone(() -> {
      List<Profile> profiles = new ArrayList<>();
      for (GraphOnDevice graph : selected) {
        profiles.add(graph.execute(last, grids, profiling));
      }
      last = selected.getLast();
      long used = profiling ? memory.used() : 0;
      return new TornadoExecutionResult(this, new TornadoProfilerResult(profiles, used));
    });
  }

  void copyToHost(DataRange range) {
    alone(() -> {
      selected.forEach(g -> g.copyToHost(range));
      return this;
    });
  }

  /** Bytes of all arrays on the device, with headers. */
  public long getCurrentDeviceMemoryUsage() {
    return memory.used();
  }

  /** Forgets all that is on the device, as if no graph had been executed. */
  public TornadoExecutionPlan freeDeviceMemory() {
    return alone(() -> {
      memory.free();
      graphs.forEach(GraphOnDevice::forget);
      last = null;
      return this;
    });
  }

  /** Frees the memory; the plan cannot be executed again. */
  @Override
  public void close() throws TornadoExecutionPlanException {
    if (!closed) {
      freeDeviceMemory();
      closed = true;
    }
  }

  private <T> T alone(Supplier<T> work) {
    if (!lock.tryLock()) {
      throw new TornadoRuntimeException("the plan is in use by another thread");
    }
    try {
      if (closed) {
        throw new TornadoRuntimeException("the plan is closed");
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
