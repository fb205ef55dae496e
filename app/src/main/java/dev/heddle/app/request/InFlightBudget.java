package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Heap that bodies of requests and answers in one piece may take at one time, over all requests:
 * what comes beyond it is refused with 429 and {@code Retry-After}, and what would not fit an idle
 * server with 400. Thread-safe.
 */
public final class InFlightBudget {
  /** The process's own: a quarter of its largest heap. */
  public static final InFlightBudget HEAP =
      new InFlightBudget(Runtime.getRuntime().maxMemory() / 4);

  /** A byte of a body is held as received, as text while it is parsed, and as strings then. */
  private static final int COPIES = 6;

  /** An object's node, its map, and what a reader makes of it. */
  private static final int OBJECT_BYTES = 256;

  private static final int ARRAY_BYTES = 96;

  /** A name with its map entry. */
  private static final int NAME_BYTES = 112;

  /** A value: a string or a number, and its place in an array. */
  private static final int VALUE_BYTES = 64;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most bytes that may be taken at one time
   */
  public InFlightBudget(long most) {
    this.most = most;
  }

  /** Bytes taken now. */
  public long taken() {
    return taken.get();
  }

  /** Something that takes memory as it grows, and returns it when closed. Used by any thread. */
  public Charge open() {
    return new Charge();
  }

  /** An upper bound of what parsing a JSON text takes, in bytes; found without parsing. */
  static long treeBytes(byte[] json) {
    long bytes = (long) json.length * COPIES;
    boolean quoted = false;
    for (int i = 0; i < json.length; i++) {
      byte b = json[i];
      if (quoted) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          quoted = false;
        }
        continue;
      }
      switch (b) {
        case '"' -> quoted = true;
        case '{' -> bytes += OBJECT_BYTES;
        case '[' -> bytes += ARRAY_BYTES;
        case ':' -> bytes += NAME_BYTES;
        case ',' -> bytes += VALUE_BYTES;
        default -> {}
      }
    }
    return bytes;
  }

  /** One request's share. */
  public final class Charge implements AutoCloseable {
    private final AtomicLong own = new AtomicLong();

    private Charge() {}

    /**
     * Takes more.
     *
     * @param what takes it, as a client is told
     * @throws ApiException INVALID_REQUEST if the whole budget is too small for this, QUEUE_FULL if
     *     others have too much of it now; nothing is taken then
     */
    public void add(long bytes, String what) {
      if (own.get() + bytes > most) {
        throw new ApiException(
            ErrorCode.INVALID_REQUEST,
            what + " would take more memory than this server lends a request.");
      }
      if (taken.addAndGet(bytes) > most) {
        taken.addAndGet(-bytes);
        throw new ApiException(
            ErrorCode.QUEUE_FULL, "The server's memory for requests is in use; try again later.");
      }
      own.addAndGet(bytes);
    }

    /** Returns all; a second call does nothing. */
    @Override
    public void close() {
      taken.addAndGet(-own.getAndSet(0));
    }
  }
}
