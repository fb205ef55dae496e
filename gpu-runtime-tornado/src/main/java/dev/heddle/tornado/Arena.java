package dev.heddle.tornado;

/** Hands out places of one array, before the array is made. */
final class Arena {
  private final String name;
  private long size;

  Arena(String name) {
    this.name = name;
  }

  /** First of {@code count} elements; starts are multiples of 32. */
  int reserve(long count) {
    long at = size;
    size += Math.ceilDiv(count, 32L) * 32;
    Require.that(
        size <= DeviceLimits.MAX_ELEMENTS,
        "the device's " + name,
        "take more elements than one array has; fewer tokens a step need less");
    return (int) at;
  }

  /** Elements handed out; at least one. */
  int size() {
    return (int) Math.max(32, size);
  }
}
