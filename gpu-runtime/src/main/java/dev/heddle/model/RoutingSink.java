package dev.heddle.model;

/** Takes what routers decide for the tokens of one sequence. Called by one thread. */
public sealed interface RoutingSink permits RoutingSums, RoutingTrace {
  /**
   * The picks of one token in one layer, with the weights they were given.
   *
   * @param position of the token in its sequence
   * @param picks to be read before this returns, as are the weights
   */
  void add(int position, int moeLayer, int[] picks, float[] weights);
}
