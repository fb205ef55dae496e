package dev.heddle.tornado;

import dev.heddle.tornado.kernel.MemoryKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Small writes on their way to the device's arenas: collected here, they travel with the next pass
 * in one transfer. The step thread only.
 */
final class SmallWrites {
  /** Writes that one transfer takes. */
  static final int RUNS = 1024;

  private static final int DATA = 1 << 14;
  private static final int FIRST = 1 + MemoryKernels.RUN * RUNS;

  /** Ints of an inbox. */
  static final int WORDS = FIRST + DATA;

  private final IntArray words;
  private int used = FIRST;
  private int runs;

  SmallWrites(IntArray words) {
    this.words = words;
    clear();
  }

  void clear() {
    used = FIRST;
    runs = 0;
    words.set(0, 0);
  }

  boolean isEmpty() {
    return runs == 0;
  }

  int runs() {
    return runs;
  }

  /** How many more words a further write may have. */
  int room() {
    return runs == RUNS ? 0 : WORDS - used;
  }

  /** Begins a write of {@code length} words, at most {@link #room}. */
  void begin(boolean floats, int at, int length) {
    int run = 1 + MemoryKernels.RUN * runs++;
    words.set(run, floats ? 1 : 0);
    words.set(run + 1, at);
    words.set(run + 2, length);
    words.set(run + 3, used);
    words.set(0, runs);
  }

  /** The next word of the write. */
  void put(int word) {
    words.set(used++, word);
  }
}
