package dev.heddle.sample;

/**
 * A row of logits that no token can be drawn from: NaN, infinity, or every token excluded. A defect
 * that concerns this one sequence.
 */
public final class UnusableLogitsException extends RuntimeException {
  UnusableLogitsException(String message) {
    super(message);
  }
}
