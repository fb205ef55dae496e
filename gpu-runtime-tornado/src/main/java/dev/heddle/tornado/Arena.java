package dev.heddle.tornado;

import dev.heddle.ops.Require;

/** Hands out places of one array, before the array is made. */
final class Arena {
  private final String name;
  private final int most;
  private long size;

  /**
   * @param most elements of the array
   */
  Arena(String name, int most) {
    this.name = name;
    this.most = most;
  }

  /** First of {@code count} elements; starts are multiples of 32. */
  int reserve(long count) {
    long at = size;
    size += Math.ceilDiv(count, 32L) * 32;
    Require.that(
        size <= most,
        "the device's " + name,
        "take more than one buffer has, %,d bytes; fewer tokens a step need less"
            .formatted(4L * most));
    return (int) at;
  }

  /** Elements handed out; at least one. */
  int size() {
    return (int) Math.max(32, size);
  }
}
