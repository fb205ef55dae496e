package dev.heddle.tornado;

import dev.heddle.tornado.kernel.RouteKernels;
import dev.heddle.tornado.kernel.RouteTask;
import dev.heddle.tornado.kernel.UnfusedRoute;
import java.util.Arrays;
import java.util.Random;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The rerouting of one layer of DeepSeek-V2-Lite's shape, as one kernel and as three. */
final class RouteTimes {
  private static final int ROUTED = 64;
  private static final int K = 6;
  private static final int SHARED = 2;
  private static final int PER_TOKEN = K + SHARED;
  private static final int TOKENS = 256;
  private static final int ADAPTERS = 5;
  private static final int ROUNDS = 200;

  private final DeviceClass sizes = Devices.chosen().sizes();
  private final FloatArray f = new FloatArray(TOKENS * ROUTED + floats());
  private final IntArray n;
  private final int map = 32;
  private final int adapters = map + ADAPTERS * (ROUTED + SHARED);
  private final int counts = adapters + TOKENS;
  private final int task = counts + ADAPTERS * ROUTED;
  private final int at = task + RouteTask.SIZE;
  private final KernelContext context = new KernelContext();

  private RouteTimes() {
    n = new IntArray(at + RouteKernels.ints(TOKENS, K, PER_TOKEN));
    Random random = new Random(1);
    for (int i = 0; i < TOKENS * ROUTED; i++) {
      f.set(i, (float) random.nextGaussian());
    }
    for (int i = 0; i < ADAPTERS * (ROUTED + SHARED); i++) {
      n.set(map + i, i);
    }
    for (int t = 0; t < TOKENS; t++) {
      n.set(adapters + t, t % ADAPTERS);
    }
    n.set(task + RouteTask.CORRECTION, -1);
    n.set(task + RouteTask.SHARED_GATE, -1);
    n.set(task + RouteTask.MAP, map);
    n.set(task + RouteTask.ADAPTERS, adapters);
    n.set(task + RouteTask.COUNTS, counts);
    n.set(task + RouteTask.AT, at);
    n.set(task + RouteTask.TOKENS, TOKENS);
    n.set(task + RouteTask.WEIGHTS, TOKENS * ROUTED);
  }

  private static int floats() {
    return RouteKernels.floats(TOKENS, PER_TOKEN, ROUTED, 1);
  }

  /** Prints the least of many runs' times, in microseconds of the host's clock. */
  static void print() {
    System.out.printf("%nrerouting of one layer, 64 experts, top 6 of them and 2 shared%n");
    System.out.printf("%8s %14s %14s %14s%n", "tokens", "fused us", "unfused us", "empty us");
    for (int tokens : new int[] {1, 16, 256}) {
      double[] times = new RouteTimes().measure(tokens);
      System.out.printf("%8d %14.0f %14.0f %14.0f%n", tokens, times[0], times[1], times[2]);
    }
  }

  private double[] measure(int tokens) {
    n.set(0, tokens);
    int tile = tokens <= Engine.DECODE_ROWS ? 1 : 8;
    GridScheduler grid = new GridScheduler();
    TaskGraph fused = begin("fused");
    fusedTasks(fused, grid, tile);
    TaskGraph unfused = begin("unfused");
    unfusedTasks(unfused, grid, tile, tokens);
    TaskGraph empty = begin("empty");
    IntArray to = new IntArray(2);
    empty.transferToDevice(DataTransferMode.EVERY_EXECUTION, to);
    empty.task(
        "nothing",
        dev.heddle.tornado.kernel.MemoryKernels::deliverRuns,
        context,
        f,
        n,
        to,
        sizes.items());
    grid.addWorkerGrid("empty.nothing", WorkGroups.of(1, sizes.items()));
    double[] best = new double[3];
    Arrays.fill(best, Double.MAX_VALUE);
    try (TornadoExecutionPlan plan =
        new TornadoExecutionPlan(end(fused), end(unfused), end(empty))) {
      plan.withGridScheduler(grid);
      for (int round = 0; round < ROUNDS; round++) {
        for (int graph = 0; graph < best.length; graph++) {
          long start = System.nanoTime();
          plan.withGraph(graph).execute();
          best[graph] = Math.min(best[graph], (System.nanoTime() - start) / 1e3);
        }
      }
    } catch (uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException e) {
      throw new IllegalStateException(e);
    }
    return best;
  }

  private TaskGraph begin(String name) {
    return new TaskGraph(name).transferToDevice(DataTransferMode.FIRST_EXECUTION, f, n);
  }

  private uk.ac.manchester.tornado.api.ImmutableTaskGraph end(TaskGraph graph) {
    return graph.persistOnDevice(f, n).snapshot();
  }

  private void fusedTasks(TaskGraph graph, GridScheduler grid, int tile) {
    graph.task(
        "route",
        RouteKernels::routeTokens,
        context,
        f,
        n,
        task,
        ROUTED,
        K,
        SHARED,
        1,
        1,
        0,
        0,
        1f,
        tile,
        RouteKernels.sortSize(TOKENS * PER_TOKEN),
        sizes.routeThreads());
    grid.addWorkerGrid("fused.route", WorkGroups.of(1, sizes.routeThreads()));
  }

  private void unfusedTasks(TaskGraph graph, GridScheduler grid, int tile, int tokens) {
    int items = sizes.items();
    graph.task(
        "pick",
        UnfusedRoute::pickExperts,
        context,
        f,
        n,
        0,
        0,
        ROUTED,
        K,
        SHARED,
        at,
        TOKENS,
        TOKENS * ROUTED);
    grid.addWorkerGrid("unfused.pick", WorkGroups.of(Math.ceilDiv(tokens, items), items));
    graph.task(
        "lookUp",
        UnfusedRoute::lookUpSlots,
        context,
        n,
        0,
        ROUTED,
        K,
        SHARED,
        map,
        adapters,
        at,
        TOKENS);
    grid.addWorkerGrid(
        "unfused.lookUp", WorkGroups.of(Math.ceilDiv(tokens * PER_TOKEN, items), items));
    graph.task(
        "group",
        UnfusedRoute::groupPairs,
        context,
        n,
        0,
        K,
        PER_TOKEN,
        at,
        TOKENS,
        tile,
        RouteKernels.sortSize(TOKENS * PER_TOKEN),
        sizes.routeThreads());
    grid.addWorkerGrid("unfused.group", WorkGroups.of(1, sizes.routeThreads()));
  }
}
