package dev.heddle.structured;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set of Unicode scalar values, as sorted ranges that do not touch. Immutable. Surrogates are in
 * no set: no text has them.
 */
final class CodePoints {
  static final CodePoints NONE = new CodePoints(new int[0]);
  static final CodePoints ALL = new CodePoints(new int[] {0, 0xD7FF, 0xE000, 0x10FFFF});

  /** {@code low, high, low, high, ...}, both inclusive. */
  private final int[] bounds;

  private CodePoints(int[] bounds) {
    this.bounds = bounds;
  }

  static CodePoints range(int low, int high) {
    return new Union().add(low, high).build();
  }

  static CodePoints of(int codePoint) {
    return range(codePoint, codePoint);
  }

  static CodePoints of(String characters) {
    Union union = new Union();
    characters.codePoints().forEach(c -> union.add(c, c));
    return union.build();
  }

  int ranges() {
    return bounds.length / 2;
  }

  int low(int range) {
    return bounds[2 * range];
  }

  int high(int range) {
    return bounds[2 * range + 1];
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  CodePoints or(CodePoints other) {
    return new Union().add(this).add(other).build();
  }

  CodePoints not() {
    Union union = new Union();
    int next = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      union.add(next, bounds[i] - 1);
      next = bounds[i + 1] + 1;
    }
    return union.add(next, 0x10FFFF).build();
  }

  CodePoints and(CodePoints other) {
    Ints shared = new Ints();
    int i = 0;
    int j = 0;
    while (i < bounds.length && j < other.bounds.length) {
      int low = Math.max(bounds[i], other.bounds[j]);
      int high = Math.min(bounds[i + 1], other.bounds[j + 1]);
      if (low <= high) {
        shared.add(low);
        shared.add(high);
      }
      if (bounds[i + 1] < other.bounds[j + 1]) {
        i += 2;
      } else {
        j += 2;
      }
    }
    return new CodePoints(shared.toArray());
  }

  boolean contains(int codePoint) {
    int found = Arrays.binarySearch(bounds, codePoint);
    // A bound, or between a low one and its high one.
    return found >= 0 || (-found - 1) % 2 == 1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CodePoints set && Arrays.equals(set.bounds, bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** Collects ranges in any order. */
  static final class Union {
    private long[] ranges = new long[8];
    private int size;

    Union add(int low, int high) {
      if (low < 0xD800 && high > 0xDFFF) {
        add(low, 0xD7FF);
        return add(0xE000, high);
      }
      int from = low >= 0xD800 && low <= 0xDFFF ? 0xE000 : low;
      int to = high >= 0xD800 && high <= 0xDFFF ? 0xD7FF : high;
      if (from <= to) {
        if (size == ranges.length) {
          ranges = Arrays.copyOf(ranges, 2 * size);
        }
        ranges[size++] = (long) from << 32 | to;
      }
      return this;
    }

    Union add(CodePoints set) {
      for (int i = 0; i < set.ranges(); i++) {
        add(set.low(i), set.high(i));
      }
      return this;
    }

    CodePoints build() {
      Arrays.sort(ranges, 0, size);
      Ints merged = new Ints();
      for (int i = 0; i < size; i++) {
        int low = (int) (ranges[i] >>> 32);
        int high = (int) ranges[i];
        int last = merged.size() - 1;
        boolean touches = last >= 0 && low <= after(merged.get(last));
        if (touches) {
          merged.set(last, Math.max(merged.get(last), high));
        } else {
          merged.add(low);
          merged.add(high);
        }
      }
      return new CodePoints(merged.toArray());
    }

    /** Ranges on both sides of the surrogates stay apart. */
    private static int after(int high) {
      return high == 0xD7FF ? high : high + 1;
    }
  }
}
