package dev.heddle.structured;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What follows when the rule now applied has ended: one of the nodes {@code returns}, in the frame
 * below. Of equal frames there is one object, so that they are compared by identity.
 */
final class Frame {
  final int[] returns;
  final @Nullable Frame parent;
  final int depth;
  final int id;

  Frame(int[] returns, @Nullable Frame parent, int id) {
    this.returns = returns;
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.id = id;
  }

  /** The key by which a frame is found again. */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Key(int[] returns, Frame parent) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.parent == parent
          && Arrays.equals(key.returns, returns);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(returns) + parent.id;
    }
  }
}
