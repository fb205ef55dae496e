package dev.heddle.runtime;

import java.time.Duration;

/** A request was refused, or failed after it was accepted. */
public final class GenerationException extends RuntimeException {
  /** What kind of failure, for a caller to map to its own protocol. */
  public enum Kind {
    /** The request itself cannot be served: ids outside the vocabulary, sizes out of range. */
    INVALID,
    /** Prompt and output do not fit the context, or can never fit the KV blocks. */
    CONTEXT_LENGTH,
    /** Too many requests wait, or for too long. */
    QUEUE_FULL,
    /** The adapter could not be loaded in time. */
    ADAPTER_UNAVAILABLE,
    /** The runtime is stopping. */
    STOPPING,
    /** The grammar allows no token at a place where the answer is not whole. */
    DEAD_END,
    /** A defect in the engine. */
    INTERNAL
  }

  private final Kind kind;

  private Duration retryAfter = Duration.ZERO;

  public GenerationException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public GenerationException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /**
   * A request for which the queue is too long.
   *
   * @param retryAfter when it would not be any more, 0 if that is not known
   */
  static GenerationException queueFull(String message, Duration retryAfter) {
    GenerationException e = new GenerationException(Kind.QUEUE_FULL, message);
    e.retryAfter = retryAfter;
    return e;
  }

  /** When trying again may help, 0 if that is not known. */
  public Duration retryAfter() {
    return retryAfter;
  }

  public Kind kind() {
    return kind;
  }
}
