package dev.heddle.ops;

/**
 * The weights of a base model as a backend has laid them out in memory, kept from an earlier load.
 * A backend asks before it packs.
 */
public interface PackedWeights {
  /** Keeps nothing. */
  PackedWeights NONE = (name, address, bytes) -> false;

  /**
   * Offers a range of fresh memory. It holds what it should when the backend goes on, and does not
   * change as long as the backend is open. Any thread.
   *
   * @param name of the weights, no other range's
   * @return whether the range was filled; if not, it is zeros and the backend packs the weights
   */
  boolean fill(String name, long address, long bytes);
}
