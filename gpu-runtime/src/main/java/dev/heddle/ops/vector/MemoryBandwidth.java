package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.Lanes.VECTOR;
import static dev.heddle.ops.vector.Lanes.load;
import static dev.heddle.ops.vector.Lanes.zero;

import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.team.WorkerTeam;
import jdk.incubator.vector.FloatVector;

/**
 * How fast this machine reads memory: the roof over decoding, which reads every active weight once
 * a step. All threads add up a range larger than the caches that are theirs.
 */
public final class MemoryBandwidth {
  private static final long BYTES = 1L << 30;
  private static final long CHUNK = 1L << 21;
  private static final int PASSES = 6;

  private MemoryBandwidth() {}

  /**
   * Measures for about a second.
   *
   * @param threads that read together, the caller's included
   * @return bytes a second of the best pass
   */
  public static double measure(int threads) {
    try (WorkerTeam team = new WorkerTeam(threads);
        NativeMemory memory = NativeMemory.reserve(BYTES, true)) {
      memory.slice(0, BYTES).fill((byte) 0);
      float[] sinks = new float[threads * 16]; // a cache line apart
      long base = memory.address();
      WorkerTeam.Task read =
          (worker, item) -> sinks[worker * 16] += sum(base + item * CHUNK, CHUNK);
      double best = 0;
      for (int pass = 0; pass < PASSES; pass++) {
        long start = System.nanoTime();
        team.run(read, (int) (BYTES / CHUNK));
        best = Math.max(best, BYTES * 1e9 / (System.nanoTime() - start));
      }
      return best + (sinks[0] == 1 ? 1 : 0); // the sums are used, so they are computed
    }
  }

  /** Four streams a quarter of the range apart. */
  private static float sum(long address, long bytes) {
    long quarter = bytes / 4;
    FloatVector a = zero();
    FloatVector b = zero();
    FloatVector c = zero();
    FloatVector d = zero();
    for (long i = 0; i < quarter; i += VECTOR) {
      a = a.add(load(address + i));
      b = b.add(load(address + quarter + i));
      c = c.add(load(address + 2 * quarter + i));
      d = d.add(load(address + 3 * quarter + i));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }
}
