package dev.heddle.experts;

import org.jspecify.annotations.Nullable;

/** An adapter is not available: its load failed, it can never fit, or the wait ran out. */
public final class AdapterLoadException extends RuntimeException {
  AdapterLoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
