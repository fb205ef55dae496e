package dev.heddle.registry.store;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/** A range of the bytes of several pieces of memory, read where they lie. For one thread. */
final class SegmentStream extends InputStream {
  private final List<MemorySegment> pieces;
  private int piece;
  private long at;
  private long left;

  /**
   * @param from first byte, counted over all pieces
   * @param count how many; the pieces have them
   */
  SegmentStream(List<MemorySegment> pieces, long from, long count) {
    this.pieces = pieces;
    this.left = count;
    this.at = from;
    settle();
  }

  /** Moves on from the end of a piece to the beginning of the next. */
  private void settle() {
    while (piece < pieces.size() && at >= pieces.get(piece).byteSize()) {
      at -= pieces.get(piece).byteSize();
      piece++;
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    MemorySegment source = pieces.get(piece);
    int count = (int) Math.min(Math.min(length, left), source.byteSize() - at);
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, target, offset, count);
    at += count;
    left -= count;
    settle();
    return count;
  }

  @Override
  public int available() {
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}
