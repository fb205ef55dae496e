package dev.heddle.sample;

/** A grammar allows no token at a place where the answer is not whole. */
public final class DeadEndException extends RuntimeException {
  DeadEndException() {
    super("the grammar allows no token");
  }
}
