package dev.heddle.runtime;

/** A request was refused, or failed after it was accepted. */
public final class GenerationException extends RuntimeException {
  /** What kind of failure, for a caller to map to its own protocol. */
  public enum Kind {
    /** The request itself cannot be served: ids outside the vocabulary, sizes out of range. */
    INVALID,
    /** Prompt and output do not fit the context, or can never fit the KV blocks. */
    CONTEXT_LENGTH,
    /** Too many requests wait. */
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

  public GenerationException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public GenerationException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
