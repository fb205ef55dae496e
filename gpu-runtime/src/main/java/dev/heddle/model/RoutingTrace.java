package dev.heddle.model;

import dev.heddle.format.model.ModelShape;

/**
 * Which routed experts each token of one sequence was sent to. Written by one thread, to be read
 * after the sequence's end.
 */
public final class RoutingTrace implements RoutingSink {
  private final int moeLayers;
  private final int topK;
  private final short[] picks; // [(position * moeLayers + moeLayer) * topK + rank]

  private RoutingTrace(int tokens, int moeLayers, int topK) {
    this.moeLayers = moeLayers;
    this.topK = topK;
    picks = new short[Math.multiplyExact(tokens, moeLayers * topK)];
  }

  /** For so many tokens of a model. */
  public static RoutingTrace of(ModelShape shape, int tokens) {
    return new RoutingTrace(tokens, shape.moeLayers(), shape.experts().topK());
  }

  /** Bytes of heap that it takes. */
  public static long heapBytes(ModelShape shape, int tokens) {
    return (long) Short.BYTES * tokens * shape.moeLayers() * shape.experts().topK();
  }

  @Override
  public void add(int position, int moeLayer, int[] experts, float[] weights) {
    int at = (position * moeLayers + moeLayer) * topK;
    for (int rank = 0; rank < topK; rank++) {
      picks[at + rank] = (short) experts[rank];
    }
  }

  /** Experts that a token is sent to in a layer. */
  public int topK() {
    return topK;
  }

  /** The expert that the token at a position was sent to in a layer, by rank from 0. */
  public int pick(int position, int moeLayer, int rank) {
    return Short.toUnsignedInt(picks[(position * moeLayers + moeLayer) * topK + rank]);
  }
}
