package dev.heddle.experts;

import dev.heddle.format.model.ModelShape;
import java.util.Arrays;

/**
 * How the experts of a model are numbered: MoE layers by index among themselves, columns M routed
 * then S shared, and the base's expert of (MoE layer l, column c) in slot {@code l * (M + S) + c}.
 */
public final class ExpertLayout {
  private final int columns;
  private final int moeLayers;
  private final int[] moeIndexByLayer;

  private ExpertLayout(int columns, int moeLayers, int[] moeIndexByLayer) {
    this.columns = columns;
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
    return new ExpertLayout(shape.experts().columns(), moeLayers, index);
  }

  /** M + S. */
  public int columns() {
    return columns;
  }

  public int moeLayers() {
    return moeLayers;
  }

  /** Slots [0, baseSlots) hold the base model's experts for good. */
  public int baseSlots() {
    return moeLayers * columns;
  }

  public int baseSlot(int moeLayer, int column) {
    return moeLayer * columns + column;
  }

  /** Index among the MoE layers of decoder layer {@code layer}; -1 if it is dense or none. */
  public int moeIndex(int layer) {
    return layer >= 0 && layer < moeIndexByLayer.length ? moeIndexByLayer[layer] : -1;
  }
}
