package uk.ac.manchester.tornado.api.exceptions;

/** A kernel that failed; the cause is what it threw. */
public class TornadoBailoutRuntimeException extends RuntimeException {
  public TornadoBailoutRuntimeException(String message) {
    super(message);
  }

  public TornadoBailoutRuntimeException(String message, Exception cause) {
    super(message, cause);
  }
}
