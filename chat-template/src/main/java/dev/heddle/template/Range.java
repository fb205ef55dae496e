package dev.heddle.template;

import java.util.AbstractList;

/** Python's range: a list that is computed. */
final class Range extends AbstractList<Object> {
  final long start;
  final long stop;
  final long step;
  private final int size;

  Range(long start, long stop, long step) {
    if (step == 0) {
      throw new Fault("range() arg 3 must not be zero");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
    double span = step > 0 ? (double) stop - start : (double) start - stop;
    double count = Math.ceil(span / Math.abs((double) step));
    if (count > RenderLimits.RANGE) {
      throw new Fault(
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE ("
              + RenderLimits.RANGE
              + ").");
    }
    this.size = (int) Math.max(0, count);
  }

  @Override
  public Object get(int index) {
    return start + step * index;
  }

  @Override
  public int size() {
    return size;
  }
}
