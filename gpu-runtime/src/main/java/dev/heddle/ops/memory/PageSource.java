package dev.heddle.ops.memory;

import java.lang.foreign.Linker;

/** Where ranges of memory come from. */
interface PageSource {
  /** A reserved range. */
  interface Range extends AutoCloseable {
    long address();

    long bytes();

    /** Zeroes bytes at an address inside the range, and uncommits what it can of them. */
    void giveBack(long address, long bytes);

    @Override
    void close();
  }

  Range reserve(long bytes, boolean hugePages);

  /** {@code mmap} where Linux offers it, else the foreign-memory allocator of the JDK. */
  static PageSource ofPlatform() {
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    Linker linker = Linker.nativeLinker();
    boolean symbols =
        MmapPages.SYMBOLS.stream().allMatch(name -> linker.defaultLookup().find(name).isPresent());
    return linux && symbols ? new MmapPages(linker) : new ArenaPages();
  }
}
