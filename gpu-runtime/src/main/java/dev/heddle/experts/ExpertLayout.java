package dev.heddle.experts;

import dev.heddle.format.model.ModelShape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How the experts of a model are numbered: MoE layers by index among themselves, columns M routed
 * then S shared, and the base's expert of (MoE layer l, column c) in slot {@code l * (M + S) + c}.
 */
public final class ExpertLayout {
  private final int columns;
  private final int routed;
  private final int topK;
  private final int moeLayers;
  private final int[] moeIndexByLayer;

  private ExpertLayout(ModelShape.Experts experts, int moeLayers, int[] moeIndexByLayer) {
    this.columns = experts.columns();
    this.routed = experts.routed();
    this.topK = experts.topK();
    this.moeLayers = moeLayers;
    this.moeIndexByLayer = moeIndexByLayer;
  }

  public static ExpertLayout of(ModelShape shape) {
    int[] index = new int[shape.layers()];
    Arrays.fill(index, -1);
    int moeLayers = 0;
    for (int layer = 0; layer < index.length; layer++) {
      if (shape.isMoe(layer)) {
        index[layer] = moeLayers++;
      }
    }
    return new ExpertLayout(shape.experts(), moeLayers, index);
  }

  /** M + S. */
  public int columns() {
    return columns;
  }

  /** M: the columns that a router chooses among. */
  public int routed() {
    return routed;
  }

  /** Of these, how many it chooses for a token. */
  public int topK() {
    return topK;
  }

  public int moeLayers() {
    return moeLayers;
  }

  /** Slots [0, baseSlots) hold the base model's experts for good. */
  public int baseSlots() {
    return Math.multiplyExact(moeLayers, columns);
  }

  /** The slot of one of the base's experts. */
  public int baseSlot(int moeLayer, int column) {
    return moeLayer * columns + column;
  }

  /** [column]: the slots of one layer's base experts. */
  public int[] baseRow(int moeLayer) {
    return IntStream.range(0, columns).map(column -> baseSlot(moeLayer, column)).toArray();
  }

  /** [moeLayer][column]: the slots of the base's experts. */
  public int[][] baseMap() {
    return IntStream.range(0, moeLayers).mapToObj(this::baseRow).toArray(int[][]::new);
  }

  /** Number of a MoE layer among all decoder layers. */
  public int layer(int moeLayer) {
    int layer = 0;
    while (moeIndexByLayer[layer] != moeLayer) {
      layer++;
    }
    return layer;
  }

  /** Index among the MoE layers of decoder layer {@code layer}; -1 if it is dense or none. */
  public int moeIndex(int layer) {
    return layer >= 0 && layer < moeIndexByLayer.length ? moeIndexByLayer[layer] : -1;
  }
}
