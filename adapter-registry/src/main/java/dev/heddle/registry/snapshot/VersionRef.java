package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import java.time.Instant;
import java.util.UUID;

/**
 * A version that can be called.
 *
 * @param owner name of the tenant it belongs to
 * @param digest what the runtime knows it by
 * @param bytes logical size of its experts
 */
public record VersionRef(
    UUID id,
    UUID ownerId,
    String owner,
    String adapter,
    int number,
    Digest digest,
    long bytes,
    Instant createdAt) {
  /** As everybody names it: {@code owner/adapter@number}. */
  public String fullName() {
    return owner + "/" + label();
  }

  /** As its owner names it: {@code adapter@number}. */
  public String label() {
    return adapter + "@" + number;
  }
}
