package dev.heddle.ops.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** Anonymous private mappings of Linux, without reservation of swap. */
final class MmapPages implements PageSource {
  static final List<String> SYMBOLS = List.of("mmap", "munmap", "madvise", "getpagesize");

  private static final long HUGE_PAGE = 2L << 20;
  private static final int READ_WRITE = 0x3;
  private static final int PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
  private static final int ADVICE_DONT_NEED = 4;
  private static final int ADVICE_HUGE_PAGE = 14;

  private final MethodHandle mmap;
  private final MethodHandle munmap;
  private final MethodHandle madvise;
  private final long pageSize;

  MmapPages(Linker linker) {
    mmap =
        handle(
            linker,
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    munmap = handle(linker, "munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    madvise =
        handle(linker, "madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    MethodHandle page = handle(linker, "getpagesize", FunctionDescriptor.of(JAVA_INT));
    pageSize = call(() -> (int) page.invokeExact());
  }

  private static MethodHandle handle(Linker linker, String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  @Override
  public Range reserve(long bytes, boolean hugePages) {
    long alignment = hugePages ? HUGE_PAGE : pageSize;
    long mapped = bytes + alignment;
    long start =
        call(() ->
            (long) mmap.invokeExact(0L, mapped, READ_WRITE, PRIVATE_ANONYMOUS_NORESERVE, -1, 0L));
    if (start == -1) {
      throw new OutOfMemoryError("the system refused to map " + mapped + " bytes");
    }
    long address = roundUp(start, alignment);
    if (hugePages) {
      // Only advice: a system without transparent huge pages refuses it, and nothing is lost.
      advise(address, bytes, ADVICE_HUGE_PAGE);
    }
    return new MappedRange(start, mapped, address, bytes);
  }

  private int advise(long address, long bytes, int advice) {
    return call(() -> (int) madvise.invokeExact(address, bytes, advice));
  }

  private static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  private final class MappedRange implements Range {
    private final long start;
    private final long mapped;
    private final long address;
    private final long bytes;

    MappedRange(long start, long mapped, long address, long bytes) {
      this.start = start;
      this.mapped = mapped;
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void giveBack(long from, long count) {
      long end = from + count;
      long firstPage = Math.min(roundUp(from, pageSize), end);
      long lastPage = Math.max(end / pageSize * pageSize, firstPage);
      zero(from, firstPage);
      if (lastPage > firstPage && advise(firstPage, lastPage - firstPage, ADVICE_DONT_NEED) != 0) {
        zero(firstPage, lastPage);
      }
      zero(lastPage, end);
    }

    private static void zero(long from, long to) {
      NativeMemory.ALL.asSlice(from, to - from).fill((byte) 0);
    }

    @Override
    public void close() {
      call(() -> (int) munmap.invokeExact(start, mapped));
    }
  }

  private interface NativeCall<T> {
    T invoke() throws Throwable;
  }

  private static <T> T call(NativeCall<T> call) {
    try {
      return call.invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }
}
