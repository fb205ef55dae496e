package dev.heddle.experts;

import dev.heddle.format.ExpertWeights;

/** Writes expert slots and the expert map. It is the part of the model that residency needs. */
public interface ExpertBackend {
  /** Packs an expert into a slot that no step in flight can read. Any thread. */
  void fillSlot(int slot, ExpertWeights weights);

  /**
   * Gives a slot's memory back, whether it was filled, half filled or not at all. No step in flight
   * can read it. Any thread.
   */
  void clearSlot(int slot);

  /**
   * Sets one row of the expert map in one layer, for the steps that start after this call. Step
   * thread only.
   *
   * @param row adapter row, &ge; 1
   * @param moeLayer index among the MoE layers
   * @param slots [M + S] slot of each column; not kept
   */
  void writeMap(int row, int moeLayer, int[] slots);

  /**
   * Reads how many tokens of each row were sent to each routed column since boot, modulo 2^32. Step
   * thread only.
   *
   * @param counts [moeLayer][row][M], as large as that
   */
  void readRouted(int[] counts);
}
