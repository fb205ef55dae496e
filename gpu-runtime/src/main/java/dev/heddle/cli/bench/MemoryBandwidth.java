package dev.heddle.cli.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What this machine reads from memory: every thread compares two equal blocks that are larger than
 * its caches, which the JVM does by a loop of vector loads.
 */
final class MemoryBandwidth {
  private static final long ALL_BYTES = 1L << 30;
  private static final long LEAST_BYTES = 32L << 20; // of one block, whatever the threads
  private static final int ROUNDS = 8;

  private MemoryBandwidth() {}

  /** GB/s of {@code threads} threads, the best of several rounds. */
  static double measure(int threads) {
    try (Arena arena = Arena.ofShared()) {
      long bytes = Math.max(LEAST_BYTES, ALL_BYTES / (2L * threads));
      List<MemorySegment> blocks = new ArrayList<>();
      for (int i = 0; i < 2 * threads; i++) {
        // Written, or every page would be the one page of zeros.
        blocks.add(arena.allocate(bytes, 64).fill((byte) 1));
      }
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        compareAll(blocks, threads);
        best = Math.max(best, (double) blocks.size() * bytes / (System.nanoTime() - start));
      }
      return best;
    }
  }

  private static void compareAll(List<MemorySegment> blocks, int threads) {
    List<Thread> workers =
        IntStream.range(0, threads)
            .mapToObj(i ->
                Thread.ofPlatform().start(() -> compare(blocks.get(2 * i), blocks.get(2 * i + 1))))
            .toList();
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private static void compare(MemorySegment a, MemorySegment b) {
    if (a.mismatch(b) >= 0) {
      throw new IllegalStateException("two blocks of ones differ");
    }
  }
}
