package dev.heddle.cli.bench;

import java.util.Arrays;

/** Times, such as those between tokens of streams, in nanoseconds. One thread at a time. */
public final class Gaps {
  private long[] nanos = new long[1 << 12];
  private int count;

  /** None so far. */
  public Gaps() {}

  /** Adds one. */
  public void add(long gap) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = gap;
  }

  /** Milliseconds that so large a share of the gaps stays within; 0 if there are none. */
  public double millis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return count == 0 ? 0 : sorted[(int) Math.min(count - 1L, (long) (share * count))] / 1e6;
  }
}
