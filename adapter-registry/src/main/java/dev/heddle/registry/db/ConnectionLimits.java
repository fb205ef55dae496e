package dev.heddle.registry.db;

import java.time.Duration;

/**
 * How many connections to the database there are, and how long one waits for it.
 *
 * @param connections most at once, 1 or more
 * @param connectWait for a new connection, or for a pooled one that is in use; whole seconds, 1 or
 *     more
 * @param statementWait how long a statement may give no answer; whole seconds, 1 or more
 */
public record ConnectionLimits(int connections, Duration connectWait, Duration statementWait) {
  /** What suits one server with a database of its own. */
  public static final ConnectionLimits DEFAULT =
      new ConnectionLimits(10, Duration.ofSeconds(5), Duration.ofSeconds(10));
}
