package dev.heddle.runtime;

/** Why a choice ended. */
public enum FinishReason {
  /**
   * An end-of-sequence token or a stop token of the request came, the caller found a stop string,
   * or the request's grammar lets nothing follow.
   */
  STOP,
  /** maxTokens or the context was used up. */
  LENGTH,
  /** The caller cancelled. */
  CANCELLED
}
