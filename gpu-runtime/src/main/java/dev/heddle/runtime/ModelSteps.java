package dev.heddle.runtime;

import dev.heddle.experts.ExpertBackend;
import dev.heddle.format.ExpertWeights;
import dev.heddle.model.MoeModel;
import dev.heddle.model.StepBatch;

/** A model as the step loop and the adapters' residency see it. */
record ModelSteps(MoeModel model) implements StepModel, ExpertBackend {
  @Override
  public void forward(StepBatch batch) {
    model.forward(batch);
  }

  @Override
  public void logits(int row, float[] target) {
    model.logits(row, target);
  }

  @Override
  public void copyBlock(int from, int to) {
    model.copyBlock(from, to);
  }

  @Override
  public void fillSlot(int slot, ExpertWeights weights) {
    model.fillSlot(slot, weights);
  }

  @Override
  public void clearSlot(int slot) {
    model.clearSlot(slot);
  }

  @Override
  public void writeMapRow(int row, int moeLayer, int[] slots) {
    model.writeMap(row, moeLayer, slots);
  }
}
