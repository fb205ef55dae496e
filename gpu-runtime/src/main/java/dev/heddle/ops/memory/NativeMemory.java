package dev.heddle.ops.memory;

import java.lang.foreign.MemorySegment;

/**
 * A range of memory outside the heap. Reserving takes address space only; a page is committed when
 * it is first written, and {@link #giveBack} returns pages to the system. Fresh memory, and memory
 * that was given back, reads as zero. Where the platform has no {@code mmap}, the range is
 * allocated at once and giving back only zeroes it.
 *
 * <p>Kernels read by absolute address through {@link #ALL}, which checks no useful bounds: the
 * maker of a view checks its range once, with {@link #address(long, long)}.
 *
 * <p>Safe for use by many threads, {@link #close} excepted: after it no address may be touched.
 */
public final class NativeMemory implements AutoCloseable {
  /** All of the process's memory: the one place where absolute addresses become readable. */
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Ranges start at a multiple of it: a cache line, and the widest vector. */
  public static final int ALIGNMENT = 64;

  private static final PageSource PAGES = PageSource.ofPlatform();

  private final PageSource.Range range;

  private NativeMemory(PageSource.Range range) {
    this.range = range;
  }

  /**
   * Reserves {@code bytes} &ge; 1.
   *
   * @param hugePages asks for 2 MiB pages; they speed up streaming reads, but commit at least that
   *     much at the first touch
   * @throws OutOfMemoryError if the system refuses
   */
  public static NativeMemory reserve(long bytes, boolean hugePages) {
    return reserve(PAGES, bytes, hugePages);
  }

  static NativeMemory reserve(PageSource pages, long bytes, boolean hugePages) {
    if (bytes < 1) {
      throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
    }
    return new NativeMemory(pages.reserve(bytes, hugePages));
  }

  /** Address of the first byte. */
  public long address() {
    return range.address();
  }

  public long bytes() {
    return range.bytes();
  }

  /** Address of byte {@code offset}, once it is certain that {@code bytes} follow it. */
  public long address(long offset, long bytes) {
    if (offset < 0 || bytes < 0 || offset > range.bytes() - bytes) {
      throw new IndexOutOfBoundsException(
          "bytes " + offset + " to " + (offset + bytes) + " of " + range.bytes());
    }
    return range.address() + offset;
  }

  /** A bounded view of part of this memory. */
  public MemorySegment slice(long offset, long bytes) {
    return ALL.asSlice(address(offset, bytes), bytes);
  }

  /** Zeroes a part, whose whole pages go back to the system until they are written again. */
  public void giveBack(long offset, long bytes) {
    range.giveBack(address(offset, bytes), bytes);
  }

  @Override
  public void close() {
    range.close();
  }
}
