package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of ints off the heap, zero at first. */
public final class IntArray extends TornadoNativeArray {
  public IntArray(int size) {
    super(size, Integer.BYTES);
  }

  private IntArray(MemorySegment all) {
    super(all, Integer.BYTES);
  }

  /** A copy of the values. */
  public static IntArray fromArray(int[] values) {
    IntArray array = new IntArray(values.length);
    array.data.copyFrom(MemorySegment.ofArray(values));
    return array;
  }

  /** A copy of the values. */
  public static IntArray fromElements(int... values) {
    return fromArray(values);
  }

  /** The segment itself as an array: room for the header, which this call writes, then elements. */
  public static IntArray fromSegmentShallow(MemorySegment segment) {
    return new IntArray(segment);
  }

  public int get(int index) {
    return data.getAtIndex(ValueLayout.JAVA_INT, index);
  }

  public void set(int index, int value) {
    data.setAtIndex(ValueLayout.JAVA_INT, index, value);
  }

  /** Sets every element. */
  public void init(int value) {
    for (int i = 0; i < getSize(); i++) {
      set(i, value);
    }
  }

  public int[] toHeapArray() {
    return data.toArray(ValueLayout.JAVA_INT);
  }

  @Override
  public int getElementSize() {
    return Integer.BYTES;
  }
}
