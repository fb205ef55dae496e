package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What brings bytes to where they stay on the device. */
public final class MemoryKernels {
  /** Ints of a run in an inbox: whether it is floats, first element, length, first word. */
  public static final int RUN = 4;

  private MemoryKernels() {}

  /**
   * Takes an inbox to the arenas. {@code inbox[0]} is the number of runs, which follow it; a
   * work-group a run.
   */
  public static void deliverRuns(
      KernelContext c, FloatArray f, IntArray n, IntArray inbox, int threads) {
    int run = 1 + c.groupIdx * RUN;
    if (c.groupIdx < inbox.get(0)) {
      int at = inbox.get(run + 1);
      int length = inbox.get(run + 2);
      int from = inbox.get(run + 3);
      for (int i = c.localIdx; i < length; i += threads) {
        int word = inbox.get(from + i);
        if (inbox.get(run) == 1) {
          f.set(at + i, Float.intBitsToFloat(word));
        } else {
          n.set(at + i, word);
        }
      }
    }
  }

  /**
   * Copies {@code to[1]} staged words to a buffer, from its word {@code to[0]} on, if it is number
   * {@code to[2]}.
   */
  public static void copyWords(
      KernelContext c, IntArray staged, IntArray to, IntArray buffer, int number, int threads) {
    if (to.get(2) == number) {
      for (int i = c.globalIdx; i < to.get(1); i += threads) {
        buffer.set(to.get(0) + i, staged.get(i));
      }
    }
  }

  /** As the other, to a buffer of floats. */
  public static void copyFloats(
      KernelContext c, IntArray staged, IntArray to, FloatArray buffer, int number, int threads) {
    if (to.get(2) == number) {
      for (int i = c.globalIdx; i < to.get(1); i += threads) {
        buffer.set(to.get(0) + i, Float.intBitsToFloat(staged.get(i)));
      }
    }
  }

  /** Makes an array zero; {@code threads} work-items in all. */
  public static void clearInts(KernelContext c, IntArray array, int size, int threads) {
    for (int i = c.globalIdx; i < size; i += threads) {
      array.set(i, 0);
    }
  }

  /** As the other, for floats. */
  public static void clearFloats(KernelContext c, FloatArray array, int size, int threads) {
    for (int i = c.globalIdx; i < size; i += threads) {
      array.set(i, 0f);
    }
  }
}
