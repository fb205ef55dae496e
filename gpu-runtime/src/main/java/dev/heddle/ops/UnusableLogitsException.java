package dev.heddle.ops;

/**
 * A row of logits that no token can be drawn from: NaN, infinity, or every token excluded. Only the
 * sequence of this row fails.
 */
public final class UnusableLogitsException extends RuntimeException {
  private UnusableLogitsException(String message) {
    super(message);
  }

  /** One logit is NaN or infinity. */
  public static UnusableLogitsException of(int token, float logit) {
    return new UnusableLogitsException("the logit of token " + token + " is " + logit);
  }

  /** No token is possible. */
  public static UnusableLogitsException noToken() {
    return new UnusableLogitsException("every token is excluded");
  }
}
