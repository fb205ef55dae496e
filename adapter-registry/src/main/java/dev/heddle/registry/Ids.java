package dev.heddle.registry;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that sort by when they were made: UUIDv7 (RFC 9562, section 5.7). Safe for any thread. */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  // Milliseconds in the upper bits, a counter in the lower twelve: strictly growing in a process.
  private static final AtomicLong LAST = new AtomicLong();

  private Ids() {}

  /** A new id, greater than all this process made before. */
  public static UUID next() {
    long now = System.currentTimeMillis() << 12;
    long stamp = LAST.updateAndGet(last -> Math.max(now, last + 1));
    long high = (stamp >>> 12 << 16) | 0x7000 | (stamp & 0xFFF);
    byte[] random = new byte[Long.BYTES];
    RANDOM.nextBytes(random);
    long low = (ByteBuffer.wrap(random).getLong() >>> 2) | (1L << 63);
    return new UUID(high, low);
  }
}
