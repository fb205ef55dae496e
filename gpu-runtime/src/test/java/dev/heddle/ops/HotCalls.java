package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;

/** Proves that code allocates nothing once it is compiled, on the calling thread and the team's. */
public final class HotCalls {
  private static final int ROUND = 500;
  private static final int MAX_ROUNDS = 120;

  private HotCalls() {}

  /** Compilation proceeds at its own pace: hot calls are those once a round is free of it. */
  public static void assertAllocateNothing(IntConsumer call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    call.accept(0);
    long[] ids = team();
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && allocated > 0; round++) {
      long before = bytes(threads, ids);
      for (int i = 0; i < ROUND; i++) {
        call.accept(i);
      }
      allocated = bytes(threads, ids) - before;
    }
    assertThat(allocated).as("bytes in %d calls", ROUND).isZero();
  }

  /** The caller and the workers that belong to it. */
  private static long[] team() {
    return LongStream.concat(
            LongStream.of(Thread.currentThread().threadId()),
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("heddle-worker-"))
                .mapToLong(Thread::threadId))
        .toArray();
  }

  /** So far; the question itself allocates nothing. */
  private static long bytes(ThreadMXBean threads, long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadAllocatedBytes(id);
    }
    return sum;
  }
}
