package uk.ac.manchester.tornado.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** What memory holds before it is written: a NaN as a float, out of any bounds as an int. */
final class Garbage {
  static final int WORD = 0x7fc0dead;

  private Garbage() {}

  /** Fills whole words. */
  static void fill(MemorySegment memory) {
    if (memory.byteSize() == 0) {
      return;
    }
    memory.set(ValueLayout.JAVA_INT, 0, WORD);
    for (long done = Integer.BYTES; done < memory.byteSize(); done *= 2) {
      long more = Math.min(done, memory.byteSize() - done);
      MemorySegment.copy(memory, 0, memory, done, more);
    }
  }

  /** A local array of ints or floats. */
  static Object local(Class<?> type, int size) {
    if (type == int[].class) {
      int[] ints = new int[size];
      Arrays.fill(ints, WORD);
      return ints;
    }
    float[] floats = new float[size];
    Arrays.fill(floats, Float.intBitsToFloat(WORD));
    return floats;
  }
}
