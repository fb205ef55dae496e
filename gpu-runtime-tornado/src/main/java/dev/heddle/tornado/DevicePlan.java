package dev.heddle.tornado;

import dev.heddle.tornado.kernel.AttentionKernels;
import dev.heddle.tornado.kernel.MemoryKernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * One execution plan with every graph there is, and the one thread that may run it. Buffers are
 * made and cleared by the first graph; all others go on with them, so nothing but an inbox, staged
 * weights or the numbers of a block is ever uploaded.
 */
final class DevicePlan implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DevicePlan.class);
  private static final int DELIVERERS = 64;

  /** In place of fast mathematics, which would let a sum's order depend on the kernel around it. */
  private static final String COMPILER_FLAGS = "-w";

  /** Asks TornadoVM to measure kernels and transfers; its log grows, so not for long. */
  static final String PROFILE = "heddle.tornado.profile";

  private final boolean profiled = Boolean.getBoolean(PROFILE);
  private final DeviceMemory memory;
  private final DeviceCounters counters = new DeviceCounters();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("heddle-device").daemon().factory());
  private final KernelContext context = new KernelContext();
  private final GridScheduler scheduler = new GridScheduler();
  private final WorkerGrid1D deliverers = WorkGroups.of(1, DELIVERERS);
  private final SmallWrites inbox;
  private final IntArray inboxWords = new IntArray(SmallWrites.WORDS);
  private final IntArray staged;
  private final IntArray stagedTo = new IntArray(3); // first word, words, number of the buffer
  private final IntArray copiedBlocks = new IntArray(2);
  private final List<Pass> passes;
  private final List<ImmutableTaskGraph> graphs = new ArrayList<>();
  private final int fill;
  private final int copy;
  private final int[] firstOfPass;
  private final TornadoExecutionPlan plan;
  private @Nullable TornadoExecutionResult last;

  /**
   * @param passes already recorded
   * @param stagedWords most words of one {@link #fill}
   * @param cache whose blocks are copied, if there is one
   */
  DevicePlan(
      DeviceMemory memory,
      List<Pass> passes,
      int stagedWords,
      DeviceHandles.@Nullable Cache cache) {
    this.memory = memory;
    this.passes = passes;
    inbox = new SmallWrites(inboxWords);
    staged = new IntArray(stagedWords);
    graphs.add(clearing());
    graphs.add(delivering());
    fill = graphs.size();
    if (!memory.weights.isEmpty()) {
      graphs.add(filling());
    }
    copy = graphs.size();
    if (cache != null) {
      graphs.add(copying(cache));
    }
    firstOfPass = new int[passes.size() + 1];
    for (int i = 0; i < passes.size(); i++) {
      firstOfPass[i] = graphs.size();
      graphs.addAll(passes.get(i).graphs(context, memory, scheduler));
    }
    firstOfPass[passes.size()] = graphs.size();
    plan =
        call(() -> {
          var made = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
          made.withGridScheduler(scheduler);
          if (profiled) {
            made.withProfiler(ProfilerMode.SILENT);
          }
          made.withCompilerFlags(TornadoVMBackendType.OPENCL, COMPILER_FLAGS);
          return made;
        });
  }

  // ---- graphs

  private ImmutableTaskGraph clearing() {
    TaskGraph graph = new TaskGraph(DeviceMemory.INIT);
    int number = 0;
    for (Object buffer : memory.all()) {
      String id = "clear" + number++;
      if (buffer instanceof IntArray ints) {
        graph.task(id, MemoryKernels::clearInts, context, ints, ints.getSize(), DeviceClass.MOVERS);
      } else if (buffer instanceof FloatArray floats) {
        graph.task(
            id, MemoryKernels::clearFloats, context, floats, floats.getSize(), DeviceClass.MOVERS);
      }
      scheduler.addWorkerGrid(DeviceMemory.INIT + "." + id, movers());
    }
    return memory.keeping(graph);
  }

  private static WorkerGrid1D movers() {
    return WorkGroups.of(DeviceClass.MOVERS / 64, 64);
  }

  private ImmutableTaskGraph delivering() {
    TaskGraph graph =
        memory
            .consuming("deliver")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, inboxWords)
            .task(
                "runs",
                MemoryKernels::deliverRuns,
                context,
                memory.floats,
                memory.ints,
                inboxWords,
                DELIVERERS);
    scheduler.addWorkerGrid("deliver.runs", deliverers);
    return memory.keeping(graph);
  }

  /** One graph for all buffers of weights, so that there is one staging buffer on the device. */
  private ImmutableTaskGraph filling() {
    TaskGraph graph =
        memory
            .consuming("fill")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, staged, stagedTo);
    int movers = DeviceClass.MOVERS;
    for (int number = 0; number < memory.weights.size(); number++) {
      String id = "copy" + number;
      if (memory.weights.get(number) instanceof FloatArray singles) {
        graph.task(
            id, MemoryKernels::copyFloats, context, staged, stagedTo, singles, number, movers);
      } else {
        IntArray pairs = memory.pairs(number);
        graph.task(id, MemoryKernels::copyWords, context, staged, stagedTo, pairs, number, movers);
      }
      scheduler.addWorkerGrid("fill." + id, movers());
    }
    return memory.keeping(graph);
  }

  private ImmutableTaskGraph copying(DeviceHandles.Cache cache) {
    TaskGraph graph =
        memory.consuming("copy").transferToDevice(DataTransferMode.EVERY_EXECUTION, copiedBlocks);
    int floats = cache.layersPerBuffer() * cache.blockFloats();
    for (int b = 0; b < cache.buffers(); b++) {
      int layers = Math.min(cache.layersPerBuffer(), cache.layers() - b * cache.layersPerBuffer());
      graph.task(
          "keys" + b,
          AttentionKernels::copyKeyBlock,
          context,
          memory.keys.get(cache.firstBuffer() + b),
          copiedBlocks,
          layers,
          cache.blocks() * cache.blockFloats(),
          cache.blockFloats());
      scheduler.addWorkerGrid("copy.keys" + b, WorkGroups.of(Math.ceilDiv(floats, 64), 64));
    }
    return memory.keeping(graph);
  }

  // ---- execution

  /** Makes the buffers. */
  void clear() {
    run(0);
  }

  /** Compiles every pass by running it without a live row. */
  void warmUp() {
    int[] none = new int[memory.ints.getSize()];
    int all = graphs.size() - firstOfPass[0];
    int done = 0;
    for (int p = 0; p < passes.size(); p++) {
      passes.get(p).size(none);
      for (int graph = firstOfPass[p]; graph < firstOfPass[p + 1]; graph++) {
        run(graph);
        log.info("compiled {} of {} graphs, {}", ++done, all, passes.get(p).census());
      }
    }
  }

  SmallWrites inbox() {
    return inbox;
  }

  /** Brings what is in the inbox to the arenas. */
  void deliver() {
    WorkGroups.set(deliverers, Math.max(1, inbox.runs()), DELIVERERS);
    run(1);
    counters.uploaded(4L * SmallWrites.WORDS);
    inbox.clear();
  }

  /** Runs a pass with the live numbers in {@code ints}; its inbox first. */
  void pass(int number, int[] ints) {
    long start = System.nanoTime();
    if (!inbox.isEmpty()) {
      deliver();
    }
    passes.get(number).size(ints);
    for (int graph = firstOfPass[number]; graph < firstOfPass[number + 1]; graph++) {
      run(graph);
    }
    counters.passed(System.nanoTime() - start);
  }

  /** Writes words of a weights buffer; any thread. */
  synchronized void fill(int buffer, int at, int words, Consumer<MemorySegment> packer) {
    packer.accept(staged.getSegment());
    stagedTo.set(0, at);
    stagedTo.set(1, words);
    stagedTo.set(2, buffer);
    run(fill);
    counters.filled(4L * staged.getSize());
  }

  /** Words that one {@link #fill} may have. */
  int stagedWords() {
    return staged.getSize();
  }

  void copyBlock(int from, int to) {
    copiedBlocks.set(0, from);
    copiedBlocks.set(1, to);
    run(copy);
  }

  /** Reads elements of an arena into {@code target}, the arena's host side. */
  MemorySegment read(TornadoNativeArray arena, int at, int count) {
    return call(() -> {
      if (last == null) {
        throw new IllegalStateException("nothing is there to read before the first pass");
      }
      last.transferToHost(new DataRange(arena).withOffset(at).withSize(count));
      counters.downloaded(4L * count);
      return arena.getSegment().asSlice(4L * at, 4L * count);
    });
  }

  /** What TornadoVM measured of every task so far, as JSON objects one after the other. */
  String profile() {
    return call(() -> {
      StringBuilder log = new StringBuilder();
      for (int graph = firstOfPass[0]; last != null && graph < graphs.size(); graph++) {
        plan.withGraph(graph); // results are those of the graph that is selected
        log.append(last.getProfilerResult().getProfileLog());
      }
      return log.toString();
    });
  }

  DeviceCounters counters() {
    return counters;
  }

  private void run(int graph) {
    call(() -> {
      last = plan.withGraph(graph).execute();
      if (profiled) {
        TornadoProfilerResult result = last.getProfilerResult();
        counters.measured(result.getDeviceKernelTime(), result.getTotalBytesCopyIn());
      }
      return last;
    });
  }

  private <T> T call(Callable<T> work) {
    try {
      return thread.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the device failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the device worked", e);
    }
  }

  @Override
  public void close() {
    try {
      call(() -> {
        plan.withGraph(0).close(); // it frees the graph selected: this one holds every buffer
        return plan;
      });
    } finally {
      thread.shutdown();
      memory.close();
    }
  }
}
