package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An array off the heap: a header of {@link #ARRAY_HEADER} bytes that starts with the number of
 * elements, then the elements. An index outside it throws {@link IndexOutOfBoundsException}.
 */
public abstract sealed class TornadoNativeArray permits FloatArray, IntArray {
  /** Bytes ahead of the first element. */
  public static final long ARRAY_HEADER = Long.getLong("tornado.panama.objectHeader", 16);

  private final MemorySegment all;

  /** The elements alone; apart, so that no index reaches the header. */
  final MemorySegment data;

  private final int size;

  TornadoNativeArray(int size, int elementSize) {
    this(
        Arena.ofAuto().allocate(ARRAY_HEADER + (long) size * elementSize, Long.BYTES), elementSize);
  }

  TornadoNativeArray(MemorySegment all, int elementSize) {
    long bytes = all.byteSize() - ARRAY_HEADER;
    if (bytes < 0 || bytes % elementSize != 0 || bytes / elementSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d bytes are no header and elements of %d bytes".formatted(all.byteSize(), elementSize));
    }
    this.all = all;
    data = all.asSlice(ARRAY_HEADER);
    size = (int) (bytes / elementSize);
    all.set(ValueLayout.JAVA_INT_UNALIGNED, 0, size);
  }

  /** The number of elements. */
  public int getSize() {
    return size;
  }

  /** The elements, without the header. */
  public MemorySegment getSegment() {
    return data;
  }

  public MemorySegment getSegmentWithHeader() {
    return all;
  }

  public long getNumBytesOfSegment() {
    return data.byteSize();
  }

  public long getNumBytesOfSegmentWithHeader() {
    return all.byteSize();
  }

  /** Bytes of one element. */
  public abstract int getElementSize();
}
