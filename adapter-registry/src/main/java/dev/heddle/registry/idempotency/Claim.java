package dev.heddle.registry.idempotency;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.UUID;

/** What a request with an idempotency key is to do. */
public sealed interface Claim {
  /**
   * A request as it is told from others.
   *
   * @param key SHA-256 of the idempotency key; the key itself is not stored
   * @param apiKey who sends it: an answer is for its asker alone
   * @param fingerprint SHA-256 of everything that the request says
   */
  record Use(UUID tenant, Digest key, UUID apiKey, Digest fingerprint) {}

  /**
   * Run: it is the first, or the one before came to nothing.
   *
   * @param attempt names this run in {@link IdempotencyKeys#keep} and {@link
   *     IdempotencyKeys#release}
   */
  record Begun(UUID attempt) implements Claim {}

  /** It ran before. */
  @SuppressWarnings("ArrayRecordComponent") // opaque bytes, never compared
  record Answered(byte[] answer) implements Claim {}

  /**
   * It runs now.
   *
   * @param lease after how long it counts as broken off, unless it goes on
   */
  record Running(Duration lease) implements Claim {}

  /** The key stands for another request. */
  record Reused() implements Claim {}
}
