package uk.ac.manchester.tornado.api.exceptions;

/** A use of graphs, plans or arrays that is against the rules. */
public class TornadoRuntimeException extends RuntimeException {
  public TornadoRuntimeException(String message) {
    super(message);
  }

  public TornadoRuntimeException(Exception cause) {
    super(cause);
  }
}
