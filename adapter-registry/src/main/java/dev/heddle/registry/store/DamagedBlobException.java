package dev.heddle.registry.store;

import java.io.IOException;

/** A blob's bytes do not have its digest. */
public final class DamagedBlobException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedBlobException(String message) {
    super(message);
  }

  DamagedBlobException(String message, Throwable cause) {
    super(message, cause);
  }
}
