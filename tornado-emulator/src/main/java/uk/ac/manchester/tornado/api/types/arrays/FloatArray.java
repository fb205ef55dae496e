package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of floats off the heap, zero at first. */
public final class FloatArray extends TornadoNativeArray {
  public FloatArray(int size) {
    super(size, Float.BYTES);
  }

  private FloatArray(MemorySegment all) {
    super(all, Float.BYTES);
  }

  /** A copy of the values. */
  public static FloatArray fromArray(float[] values) {
    FloatArray array = new FloatArray(values.length);
    array.data.copyFrom(MemorySegment.ofArray(values));
    return array;
  }

  /** A copy of the values. */
  public static FloatArray fromElements(float... values) {
    return fromArray(values);
  }

  /** The segment itself as an array: room for the header, which this call writes, then elements. */
  public static FloatArray fromSegmentShallow(MemorySegment segment) {
    return new FloatArray(segment);
  }

  public float get(int index) {
    return data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  public void set(int index, float value) {
    data.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }

  /** Sets every element. */
  public void init(float value) {
    for (int i = 0; i < getSize(); i++) {
      set(i, value);
    }
  }

  public float[] toHeapArray() {
    return data.toArray(ValueLayout.JAVA_FLOAT);
  }

  @Override
  public int getElementSize() {
    return Float.BYTES;
  }
}
