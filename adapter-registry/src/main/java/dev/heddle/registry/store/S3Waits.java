package dev.heddle.registry.store;

import java.time.Duration;

/**
 * How long one waits for a server that speaks S3.
 *
 * @param connect for a connection, more than 0
 * @param silence for the next bytes of an answer, more than 0
 */
public record S3Waits(Duration connect, Duration silence) {
  /** What suits most networks. */
  public static final S3Waits DEFAULT = new S3Waits(Duration.ofSeconds(5), Duration.ofSeconds(30));
}
