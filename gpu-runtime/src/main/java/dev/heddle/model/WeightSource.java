package dev.heddle.model;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;

/** Where a base model's weights come from, by the names that checkpoints give them. Any thread. */
public interface WeightSource {
  ModelShape shape();

  MatrixData matrix(String name, int rows, int cols);

  MatrixData vector(String name, int size);

  /** Expert of a MoE layer (decoder layer index); columns M and up are the shared ones. */
  ExpertWeights expert(int layer, int column);

  /** Lets go of memory that was read; weights that are asked for again are read again. */
  default void release() {}

  /** The weights of a folder; to be closed after them. */
  static WeightSource of(ModelFolder folder) {
    return new WeightSource() {
      @Override
      public ModelShape shape() {
        return folder.shape();
      }

      @Override
      public MatrixData matrix(String name, int rows, int cols) {
        return folder.checkpoint().matrix(name, rows, cols);
      }

      @Override
      public MatrixData vector(String name, int size) {
        return folder.checkpoint().vector(name, size);
      }

      @Override
      public ExpertWeights expert(int layer, int column) {
        return folder.expert(layer, column);
      }

      @Override
      public void release() {
        folder.checkpoint().release();
      }
    };
  }
}
