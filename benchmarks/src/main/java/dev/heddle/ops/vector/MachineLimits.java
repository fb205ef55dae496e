package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.F;
import static dev.heddle.ops.vector.Lanes.LANES;
import static dev.heddle.ops.vector.Lanes.zero;

import dev.heddle.ops.team.WorkerTeam;
import jdk.incubator.vector.FloatVector;

/** What this machine can do at most with all its threads: the two roofs over an operation. */
final class MachineLimits {
  private static final int CHAINS = 8; // hide the latency of a multiply-add, two a cycle
  private static final int LOOPS = 1 << 20;
  private static final int PASSES = 12;

  private MachineLimits() {}

  /** Prints both, in GB/s of memory reads and GF/s of fused multiply-adds. */
  static void print(int threads) {
    System.out.printf(
        "limits: %.1f GB/s, %.1f GF/s%n",
        MemoryBandwidth.measure(threads) * 1e-9, multiplyAdds(threads) * 1e-9);
  }

  /** Floating-point operations a second of the best pass; a multiply-add is two. */
  private static double multiplyAdds(int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      float[] sinks = new float[threads * 16]; // a cache line apart
      int items = threads * 4;
      WorkerTeam.Task task = (worker, item) -> sinks[worker * 16] += chains(1e-9f * item);
      double best = 0;
      for (int pass = 0; pass < PASSES; pass++) {
        long start = System.nanoTime();
        team.run(task, items);
        double operations = 2.0 * LANES * CHAINS * LOOPS * items;
        best = Math.max(best, operations * 1e9 / (System.nanoTime() - start));
      }
      return best + (sinks[0] == 1 ? 1 : 0); // the sums are used, so they are computed
    }
  }

  private static float chains(float seed) {
    FloatVector x = FloatVector.broadcast(F, seed);
    FloatVector y = FloatVector.broadcast(F, 0.5f);
    FloatVector a = zero();
    FloatVector b = zero();
    FloatVector c = zero();
    FloatVector d = zero();
    FloatVector e = zero();
    FloatVector f = zero();
    FloatVector g = zero();
    FloatVector h = zero();
    for (int i = 0; i < LOOPS; i++) {
      a = a.fma(y, x);
      b = b.fma(y, x);
      c = c.fma(y, x);
      d = d.fma(y, x);
      e = e.fma(y, x);
      f = f.fma(y, x);
      g = g.fma(y, x);
      h = h.fma(y, x);
    }
    return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).lane(0);
  }
}
