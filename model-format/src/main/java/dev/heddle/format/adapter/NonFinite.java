package dev.heddle.format.adapter;

import dev.heddle.format.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The NaN and infinite elements of a tensor.
 *
 * @param count how many there are
 * @param first index of the first, -1 if there is none
 */
record NonFinite(long count, long first) {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Looks for elements whose exponent bits are all set, eight bytes at a time: adding one to a full
   * exponent, alone in its lane, carries into the sign bit, and nothing else does.
   */
  static NonFinite scan(MemorySegment data, DType dtype) {
    long exponent = exponent(dtype);
    long one = Long.lowestOneBit(exponent & laneMask(dtype));
    long ones = dtype.bytes() == 2 ? one * 0x0001000100010001L : one * 0x0000000100000001L;
    long signs = dtype.bytes() == 2 ? 0x8000800080008000L : 0x8000000080000000L;
    long count = 0;
    long first = -1;
    long whole = data.byteSize() & -8;
    for (long at = 0; at < data.byteSize(); at += 8) {
      long word = at < whole ? data.get(LONG, at) : tail(data, at);
      long hits = ((word & exponent) + ones) & signs;
      if (hits != 0) {
        if (first < 0) {
          first = at / dtype.bytes() + Long.numberOfTrailingZeros(hits) / (8 * dtype.bytes());
        }
        count += Long.bitCount(hits);
      }
    }
    return new NonFinite(count, first);
  }

  private static long exponent(DType dtype) {
    return switch (dtype) {
      case BF16 -> 0x7F807F807F807F80L;
      case F16 -> 0x7C007C007C007C00L;
      case F32 -> 0x7F8000007F800000L;
    };
  }

  private static long laneMask(DType dtype) {
    return (1L << (8 * dtype.bytes())) - 1;
  }

  private static long tail(MemorySegment data, long from) {
    long word = 0;
    for (long at = from; at < data.byteSize(); at++) {
      word |= Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, at)) << (8 * (at - from));
    }
    return word;
  }
}
