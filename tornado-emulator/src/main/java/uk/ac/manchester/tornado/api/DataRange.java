package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A run of elements of an array to be copied to the host. Without a size the whole array is meant,
 * so an offset needs a size.
 */
public class DataRange {
  private final TornadoNativeArray array;
  private long offset;
  private long size;

  public DataRange(TornadoNativeArray array) {
    this.array = array;
  }

  /** Starts at this element. */
  public DataRange withOffset(long elements) {
    offset = elements;
    return this;
  }

  /** Copies so many elements. */
  public DataRange withSize(long elements) {
    size = elements;
    return this;
  }

  public TornadoNativeArray getArray() {
    return array;
  }

  long firstByte() {
    return offset * array.getElementSize();
  }

  long byteCount() {
    long elements = size == 0 ? array.getSize() : size;
    if (offset < 0 || size < 0 || elements > array.getSize() - offset) {
      throw new TornadoRuntimeException(
          "elements %d to %d of an array of %d"
              .formatted(offset, offset + elements, array.getSize()));
    }
    return elements * array.getElementSize();
  }
}
