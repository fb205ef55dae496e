package dev.heddle.structured;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All positions in a grammar that one text may be at: node {@code nodes[i]} in frame {@code
 * frames[i]}, sorted. Safe for any thread; what is known of the next states and tokens is filled in
 * while it is asked for.
 */
final class State {
  final int[] nodes;
  final Frame[] frames;

  /** Whether the text so far is a whole one. */
  final boolean complete;

  /** By class of byte or special token; null for one not asked for yet. */
  final @Nullable State[] next;

  volatile long @Nullable [] mask;

  /** What is allowed whatever follows the rule, where this state is that of the rule alone. */
  volatile MaskWalk.@Nullable Inside inside;

  private final int hash;

  State(int[] nodes, Frame[] frames, boolean complete, int symbols) {
    this.nodes = nodes;
    this.frames = frames;
    this.complete = complete;
    this.next = new State[symbols];
    int h = complete ? 1 : 0;
    for (int i = 0; i < nodes.length; i++) {
      h = h * 31 + nodes[i] * 17 + frames[i].id;
    }
    hash = h;
  }

  /** Whether no text can continue from here, and this is no whole text. */
  boolean isDead() {
    return nodes.length == 0 && !complete;
  }

  long bytes() {
    return 80 + 12L * nodes.length + 4L * next.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof State state
        && state.hash == hash
        && state.complete == complete
        && Arrays.equals(state.nodes, nodes)
        && sameFrames(state.frames);
  }

  private boolean sameFrames(Frame[] others) {
    for (int i = 0; i < frames.length; i++) {
      if (frames[i] != others[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
