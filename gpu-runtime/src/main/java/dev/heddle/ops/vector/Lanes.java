package dev.heddle.ops.vector;

import dev.heddle.ops.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors that every kernel of a process uses, and memory by absolute address. The width is the
 * machine's preferred one, or the system property {@code heddle.vector.bits} (128, 256 or 512); it
 * changes speed and layouts, never a result. It is a static final because only then does the
 * compiler turn vector objects into registers.
 *
 * <p>The JVM is told to compile kernels (classes *Tiles and RowKernels) by themselves, and what
 * they share is here so that it is inlined. Kernels inlined into each other use up what the
 * compiler grants one method; it then calls these helpers, and each vector becomes an object.
 */
final class Lanes {
  static final int BITS = bits();
  static final VectorSpecies<Float> F =
      switch (BITS) {
        case 128 -> FloatVector.SPECIES_128;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_512;
      };
  static final VectorSpecies<Integer> I =
      switch (BITS) {
        case 128 -> IntVector.SPECIES_128;
        case 256 -> IntVector.SPECIES_256;
        default -> IntVector.SPECIES_512;
      };

  /** Half a vector, of as many shorts as a vector has ints. */
  static final VectorSpecies<Short> HALVES =
      switch (BITS) {
        case 128 -> ShortVector.SPECIES_64;
        case 256 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_256;
      };

  /** Floats of one vector. */
  static final int LANES = BITS / 32;

  /** Bytes of one vector. */
  static final long VECTOR = BITS / 8;

  /**
   * Large kernels store their results through these two rather than by {@link #store}: a method as
   * long as they are gets no more helpers inlined, and a vector passed to a call is an object.
   */
  static final MemorySegment ALL = NativeMemory.ALL;

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Of an int that holds two BF16, the second one. */
  static final int HIGH_HALF = 0xFFFF0000;

  /** Bits of the floats from 2^23 on, whose fraction counts in ones. */
  static final int CODE_EXPONENT = 0x4B000000;

  /** What a float made of a code of int8 has too much: 2^23, and the 128 of a code. */
  static final float LOW_ZERO = -(0x1p23f + 128);

  /** A code that is the second byte of an int counts in 256s. */
  static final float HIGH_UNIT = 0x1p-8f;

  static final float HIGH_ZERO = -(0x1p23f + 128 * 256);
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);

  private Lanes() {}

  private static int bits() {
    int preferred = Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512);
    int bits = Integer.getInteger("heddle.vector.bits", preferred);
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException("heddle.vector.bits is 128, 256 or 512, not " + bits);
    }
    return bits;
  }

  /**
   * Zeros. Not a constant: an accumulator that starts as an existing object stays one, and a loop
   * then allocates a vector for every step.
   */
  static FloatVector zero() {
    return FloatVector.zero(F);
  }

  /** A vector of floats at an address. */
  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(F, ALL, address, ORDER);
  }

  static void store(FloatVector vector, long address) {
    vector.intoMemorySegment(ALL, address, ORDER);
  }

  /** The float at an address, in every lane. */
  static FloatVector spread(long address) {
    return FloatVector.broadcast(F, ALL.get(FLOAT, address));
  }

  /** Two floats side by side, to be moved as one long: half the stores. */
  static long pair(long first, long second) {
    return (getInt(first) & 0xFFFFFFFFL) | (long) getInt(second) << 32;
  }

  static float getFloat(long address) {
    return ALL.get(FLOAT, address);
  }

  static void setFloat(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  static int getInt(long address) {
    return ALL.get(INT, address);
  }

  static void setInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  static void setLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  static short getShort(long address) {
    return ALL.get(SHORT, address);
  }

  static void setShort(long address, short value) {
    ALL.set(SHORT, address, value);
  }

  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  /** Zeroes floats or ints. */
  static void zero(long address, long bytes) {
    long i = 0;
    for (; i + VECTOR <= bytes; i += VECTOR) {
      store(zero(), address + i);
    }
    for (; i < bytes; i += Float.BYTES) { // scalar tail
      setFloat(address + i, 0f);
    }
  }
}
