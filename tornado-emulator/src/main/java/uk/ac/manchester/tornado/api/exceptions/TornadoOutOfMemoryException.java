package uk.ac.manchester.tornado.api.exceptions;

/** An array too large for one buffer of the device, or for what memory it has left. */
public class TornadoOutOfMemoryException extends RuntimeException {
  public TornadoOutOfMemoryException(String message) {
    super(message);
  }
}
