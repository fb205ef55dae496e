package dev.heddle.ops;

/**
 * The experts that the tokens of a batch are sent to in one layer: written by {@link Ops#route},
 * read by {@link Ops#experts}. Backends keep what else they need (groups by slot) behind the
 * interface.
 */
public interface Routing {
  /** Ints [tokens][k]: the router's picks, by falling weight. */
  Tensor picks();

  /** Floats [tokens][k + S]: weights of the picks, then 1 for each shared column. */
  Tensor weights();

  /** Ints [tokens][k + S]: the expert slot each of them is rerouted to. */
  Tensor slots();
}
