package dev.heddle.model;

import dev.heddle.format.model.ModelShape;

/**
 * Where the routers of all MoE layers send some tokens: how often each routed expert was picked,
 * and the sum of the weights it was picked with. Weights are added up as whole numbers of 2^-32, so
 * sums do not depend on the order of tokens, nor on how they were batched. Written by one thread.
 */
public final class RoutingSums implements RoutingSink {
  private static final double UNIT = 0x1p-32;

  private final int experts;
  private final int topK;

  /** What the router multiplied weights by, after they were shares of 1. */
  private final double scale;

  private final long[] picked; // [moeLayer * experts + expert]
  private final long[] weights; // the same, in units

  private RoutingSums(int moeLayers, int experts, int topK, double scale) {
    this.experts = experts;
    this.topK = topK;
    this.scale = scale;
    picked = new long[moeLayers * experts];
    weights = new long[moeLayers * experts];
  }

  /** Sums of no tokens, of a model's routers. */
  public static RoutingSums of(ModelShape shape) {
    ModelShape.Experts e = shape.experts();
    boolean normalized = e.normalizeTopK() && e.topK() > 1;
    return new RoutingSums(shape.moeLayers(), e.routed(), e.topK(), normalized ? 1 : e.scale());
  }

  /** Bytes of heap that the sums of a model take. */
  public static long heapBytes(ModelShape shape) {
    return 2L * Long.BYTES * shape.moeLayers() * shape.experts().routed();
  }

  @Override
  public void add(int position, int moeLayer, int[] picks, float[] pickWeights) {
    add(moeLayer, picks, pickWeights);
  }

  /** Adds the picks of one token in one layer, with the weights they were given. */
  public void add(int moeLayer, int[] picks, float[] pickWeights) {
    for (int rank = 0; rank < picks.length; rank++) {
      int at = moeLayer * experts + picks[rank];
      picked[at]++;
      weights[at] += Math.round(pickWeights[rank] / UNIT);
    }
  }

  /** Adds the sums of other tokens of the same model. */
  public void add(RoutingSums other) {
    for (int i = 0; i < picked.length; i++) {
      picked[i] += other.picked[i];
      weights[i] += other.weights[i];
    }
  }

  /** Routed experts of a layer. */
  public int experts() {
    return experts;
  }

  /** Experts that a token is sent to in a layer. */
  public int topK() {
    return topK;
  }

  /** Tokens added; 0 for a model without MoE layers. */
  public long tokens() {
    long sum = 0;
    for (int expert = 0; expert < Math.min(experts, picked.length); expert++) {
      sum += picked[expert];
    }
    return topK == 0 ? 0 : sum / topK;
  }

  /** How many tokens picked the expert. */
  public long picked(int moeLayer, int expert) {
    return picked[moeLayer * experts + expert];
  }

  /**
   * Sum of the gate values of the tokens that picked the expert: of shares of 1, before a scaling
   * factor of the model's routers.
   */
  public double gate(int moeLayer, int expert) {
    return weights[moeLayer * experts + expert] * UNIT / scale;
  }
}
