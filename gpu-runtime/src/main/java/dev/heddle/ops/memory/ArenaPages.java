package dev.heddle.ops.memory;

import java.lang.foreign.Arena;

/** The portable source: everything is committed from the start. */
final class ArenaPages implements PageSource {
  private record ArenaRange(Arena arena, long address, long bytes) implements Range {
    @Override
    public void giveBack(long from, long count) {
      NativeMemory.ALL.asSlice(from, count).fill((byte) 0);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  @Override
  public Range reserve(long bytes, boolean hugePages) {
    Arena arena = Arena.ofShared();
    return new ArenaRange(arena, arena.allocate(bytes, NativeMemory.ALIGNMENT).address(), bytes);
  }
}
