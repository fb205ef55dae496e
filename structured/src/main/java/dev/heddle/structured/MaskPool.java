package dev.heddle.structured;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The masks that are kept, of any number of structures, up to a number of bytes; the oldest go
 * first, and are computed again when they are asked for. Safe for any thread.
 */
final class MaskPool {
  private final long maxBytes;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private long bytes;

  /** A state that nobody needs goes with its mask, whether the mask is counted still or not. */
  private record Kept(WeakReference<State> state, long bytes) {}

  MaskPool(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Keeps the mask with the state; a state that is forgotten takes it along. */
  synchronized void keep(State state, long[] mask) {
    if (state.mask != null) {
      return;
    }
    state.mask = mask;
    kept.add(new Kept(new WeakReference<>(state), size(mask)));
    bytes += size(mask);
    while (bytes > maxBytes && kept.size() > 1) {
      Kept oldest = kept.remove();
      State forgotten = oldest.state.get();
      if (forgotten != null) {
        forgotten.mask = null;
      }
      bytes -= oldest.bytes;
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  private static long size(long[] mask) {
    return 64 + 8L * mask.length;
  }
}
